// An app on openid-client. With a private key it is one of FAPI 2.0: its requests are pushed, it proves itself by
// private_key_jwt, its tokens are bound by DPoP, and what the browser brings back is signed (JARM).

import { refusal, tell, told, visit } from './talk.mjs';
import * as client from 'openid-client';

const isFapi = told.privateKey !== undefined;
const execute = [client.allowInsecureRequests]; // the issuer stands on loopback
const config = await (isFapi ? byKey() : client.discovery(new URL(told.issuer), told.clientId, told.clientSecret, undefined, { execute }));
const options = isFapi ? { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) } : {};

async function byKey() {
  const key = await crypto.subtle.importKey('jwk', told.privateKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const metadata = { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' };
  const found = await client.discovery(new URL(told.issuer), told.clientId, metadata, client.PrivateKeyJwt({ key, kid: told.privateKey.kid }), { execute });
  client.useJwtResponseMode(found);
  return found;
}

async function authorize(more = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  const asked = {
    redirect_uri: told.redirectUri,
    scope: told.scope,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  };
  const address = isFapi ? await client.buildAuthorizationUrlWithPAR(config, asked, options) : client.buildAuthorizationUrl(config, asked);
  return client.authorizationCodeGrant(config, await visit(address), checks, undefined, options);
}

const userinfo = (tokens, sub) => client.fetchUserInfo(config, tokens.access_token, sub, options);
const refresh = (tokens) => client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);

const first = await authorize();
const { sub } = first.claims();
const before = await userinfo(first, sub);
const second = await refresh(first);
const afterwards = await userinfo(second, sub);
const silent = await authorize({ prompt: 'none' });
const landed = await visit(client.buildEndSessionUrl(config, {
  post_logout_redirect_uri: told.postLogoutRedirectUri,
  id_token_hint: silent.id_token,
  state: 'bye',
}));

tell({
  sub,
  token_type: first.token_type,
  userinfo: before,
  userinfo_after_refresh: afterwards,
  is_new_access_token: second.access_token !== first.access_token,
  is_new_refresh_token: second.refresh_token !== first.refresh_token,
  silent_sub: silent.claims().sub,
  landed: String(landed),
  refresh_after_logout: await refusal(refresh(second)),
  userinfo_after_logout: await refusal(userinfo(second, sub)),
  silent_after_logout: await refusal(authorize({ prompt: 'none' })),
});
