// An app on oauth4webapi, which checks every answer by itself.

import { refusal, tell, told, visit } from './talk.mjs';
import * as oauth from 'oauth4webapi';

const options = { [oauth.allowInsecureRequests]: true }; // the issuer stands on loopback
const issuer = new URL(told.issuer);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
const client = { client_id: told.clientId };
const proof = oauth.ClientSecretBasic(told.clientSecret);

async function authorize(more = {}) {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: told.redirectUri,
    response_type: 'code',
    scope: told.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  const answer = oauth.validateAuthResponse(server, client, await visit(address), state);
  const response = await oauth.authorizationCodeGrantRequest(server, client, proof, answer, told.redirectUri, verifier, options);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(server, response, options);
  return tokens;
}

async function userinfo(tokens, sub) {
  const response = await oauth.userInfoRequest(server, client, tokens.access_token, options);
  return oauth.processUserInfoResponse(server, client, sub, response);
}

async function refresh(tokens) {
  const response = await oauth.refreshTokenGrantRequest(server, client, proof, tokens.refresh_token, options);
  return oauth.processRefreshTokenResponse(server, client, response);
}

async function signOut(tokens) {
  const address = new URL(server.end_session_endpoint);
  address.search = new URLSearchParams({
    post_logout_redirect_uri: told.postLogoutRedirectUri,
    id_token_hint: tokens.id_token,
    state: 'bye',
  });
  return String(await visit(address));
}

const first = await authorize();
const { sub } = oauth.getValidatedIdTokenClaims(first);
const before = await userinfo(first, sub);
const second = await refresh(first);
const afterwards = await userinfo(second, sub);
const silent = await authorize({ prompt: 'none' });
const landed = await signOut(silent);

tell({
  sub,
  token_type: first.token_type,
  userinfo: before,
  userinfo_after_refresh: afterwards,
  is_new_access_token: second.access_token !== first.access_token,
  is_new_refresh_token: second.refresh_token !== first.refresh_token,
  silent_sub: oauth.getValidatedIdTokenClaims(silent).sub,
  landed,
  refresh_after_logout: await refusal(refresh(second)),
  userinfo_after_logout: await refusal(userinfo(second, sub)),
  silent_after_logout: await refusal(authorize({ prompt: 'none' })),
});
