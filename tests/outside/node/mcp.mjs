// An MCP server that trusts our tokens, and an MCP client that has met neither it nor us: the server's address leads to
// its metadata (RFC 9728), that to us, and there the client registers (RFC 7591).

import { tell, told, visit } from './talk.mjs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { discoverAuthorizationServerMetadata, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const resource = new URL(told.resource);
const metadata = await discoverAuthorizationServerMetadata(told.issuer);
const refused = new Set(); // tokens that the server no longer wants

// --- the server ---

const keySet = createRemoteJWKSet(new URL(metadata.jwks_uri));

async function verifyAccessToken(token) {
  try {
    if (refused.has(token)) throw new Error('no longer wanted');
    const { payload } = await jwtVerify(token, keySet, { issuer: told.issuer, audience: resource.href, typ: 'at+jwt' });
    return { token, clientId: payload.client_id, scopes: payload.scope.split(' '), expiresAt: payload.exp, resource, extra: { sub: payload.sub } };
  } catch (error) {
    throw new InvalidTokenError(error.message);
  }
}

const app = createMcpExpressApp();
app.use(mcpAuthMetadataRouter({ oauthMetadata: metadata, resourceServerUrl: resource, scopesSupported: told.scopes }));
app.use(requireBearerAuth({
  verifier: { verifyAccessToken },
  requiredScopes: told.scopes,
  resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
  expectedResource: resource,
}));
app.all(resource.pathname, async (request, response) => {
  const server = new McpServer({ name: 'rooms', version: '1' });
  server.registerTool('whoami', {}, ({ authInfo }) => ({ content: [{ type: 'text', text: authInfo.extra.sub }] }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
});
const listening = app.listen(Number(resource.port), resource.hostname);

// --- the client ---

const kept = { redirects: [] };
const authProvider = {
  redirectUrl: told.redirectUri,
  clientMetadata: {
    client_name: 'A desk',
    redirect_uris: [told.redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => 'abc',
  clientInformation: () => kept.client,
  saveClientInformation: (client) => { kept.client = client; },
  tokens: () => kept.tokens,
  saveTokens: (tokens) => { kept.tokens = tokens; },
  redirectToAuthorization: (address) => { kept.redirects.push(address); },
  saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
  codeVerifier: () => kept.verifier,
  invalidateCredentials: () => { kept.tokens = undefined; },
};
const open = () => new StreamableHTTPClientTransport(resource, { authProvider });
const client = new Client({ name: 'desk', version: '1' });

async function isSentAway(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof UnauthorizedError) return true;
    throw error;
  }
  return false;
}

const whoami = async () => (await client.callTool({ name: 'whoami' })).content[0].text;
const status = async (address, token) => (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).status;

const transport = open();
const first = await isSentAway(client.connect(transport));
const landed = await visit(kept.redirects[0]);
await transport.finishAuth(landed.searchParams.get('code'));
await client.connect(open());

const before = { sub: await whoami(), tokens: kept.tokens };
refused.add(before.tokens.access_token);
const afterwards = { sub: await whoami(), tokens: kept.tokens };
const atUserinfo = await status(metadata.userinfo_endpoint, afterwards.tokens.access_token);

await visit(`${told.issuer}/logout`);
refused.add(afterwards.tokens.access_token);
const last = await isSentAway(whoami());

tell({
  asked: Object.fromEntries(kept.redirects[0].searchParams),
  answered: Object.fromEntries(landed.searchParams),
  client: kept.client,
  is_sent_away_first: first,
  sub: before.sub,
  sub_after_refresh: afterwards.sub,
  token: before.tokens.access_token,
  is_new_access_token: afterwards.tokens.access_token !== before.tokens.access_token,
  is_new_refresh_token: afterwards.tokens.refresh_token !== before.tokens.refresh_token,
  userinfo_status: atUserinfo,
  is_sent_away_after_logout: last,
});
await client.close();
listening.close();
listening.closeAllConnections();
