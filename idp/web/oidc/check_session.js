// Says whether the session that an app knows is still this browser's (OIDC Session Management 1.0 §3.2).
// The app's frame posts "client_id session_state"; the answer is "unchanged", "changed" or "error".
// Plain functions of old: this runs in whatever browser an app's users have, also where crypto.subtle is missing.
(function () {
  "use strict";

  function cookie(name) {
    var found = new RegExp("(?:^|;\\s*)" + name + "=([^;]*)").exec(document.cookie);
    return found ? found[1] : "";
  }

  // behind https no other host can write it; without the prefix it is from before it had one
  function browserState() { return cookie("__Host-idp-browser-state") || cookie("idp-browser-state"); }

  // FIPS 180-4 §6.2, over ASCII
  function sha256(text) {
    var words = [], h = [], k = [], prime = 2, count = 0, i, j, length = text.length;
    function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
    function isPrime(n) { for (var d = 2; d * d <= n; d++) { if (n % d === 0) { return false; } } return true; }
    function turn(x, n) { return (x >>> n) | (x << (32 - n)); }
    for (; count < 64; prime++) {
      if (isPrime(prime)) {
        if (count < 8) { h[count] = fraction(Math.pow(prime, 1 / 2)); }
        k[count++] = fraction(Math.pow(prime, 1 / 3));
      }
    }
    for (i = 0; i < length; i++) { words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8); }
    words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
    var total = (((length + 8) >> 6) + 1) * 16;
    for (i = 0; i < total; i++) { words[i] = words[i] | 0; }
    words[total - 1] = length * 8;
    for (i = 0; i < total; i += 16) {
      var w = words.slice(i, i + 16), s = h.slice(0);
      for (j = 0; j < 64; j++) {
        if (j >= 16) {
          var a = w[j - 15], b = w[j - 2];
          w[j] = (w[j - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[j - 7] +
            (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
        }
        var one = (s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
          ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[j] + w[j]) | 0;
        var two = ((turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(one + two) | 0, s[0], s[1], s[2], (s[3] + one) | 0, s[4], s[5], s[6]];
      }
      for (j = 0; j < 8; j++) { h[j] = (h[j] + s[j]) | 0; }
    }
    var hex = "";
    for (i = 0; i < 8; i++) { hex += ("0000000" + (h[i] >>> 0).toString(16)).slice(-8); }
    return hex;
  }

  function answer(message, origin) {
    if (typeof message !== "string" || message.length > 4096 || /[^\x21-\x7e ]/.test(message)) { return "error"; }
    var cut = message.lastIndexOf(" "), clientId = message.slice(0, cut), state = message.slice(cut + 1);
    var salt = state.slice(state.indexOf(".") + 1);
    if (cut < 1 || state.indexOf(".") < 1 || !salt) { return "error"; }
    var known = browserState();
    if (!known) { return "changed"; }
    return sha256([clientId, origin, known, salt].join(" ")) + "." + salt === state ? "unchanged" : "changed";
  }

  window.addEventListener("message", function (event) {
    if (event.source && event.origin && event.origin !== "null") {
      event.source.postMessage(answer(event.data, event.origin), event.origin);
    }
  }, false);
})();
