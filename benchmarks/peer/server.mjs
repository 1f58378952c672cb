// node-oidc-provider, set up for what benchmarks/oidc.py asks: `node server.mjs PORT [SQLITE-FILE]`.
//
// Its own defaults but for what the exchanges need: a person is signed in and has agreed without a page, access tokens
// are opaque unless a resource asks for a JWT, refresh tokens turn. Keys are its usual ones: RSA 2048 and P-256.
import * as crypto from 'node:crypto';

import Provider from 'oidc-provider';

const [port, file] = process.argv.slice(2);
const CALLBACK = 'https://app.example/callback';
const SECRET = 'a-secret-for-the-benchmark';

const key = (type, options, alg) => ({
  ...crypto.generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
});

const client = (client_id, more) => ({
  client_id,
  client_secret: SECRET,
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
  ...more,
});

const resource = (alg) => ({
  scope: 'jobs:run openid offline_access',
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg } },
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: file ? (await import('./sqlite.mjs')).open(file) : undefined,
  jwks: { keys: [key('rsa', { modulusLength: 2048 }, 'RS256'), key('ec', { namedCurve: 'P-256' }, 'ES256')] },
  cookies: { keys: [crypto.randomBytes(32).toString('hex')] },
  clients: [
    client('web', {
      redirect_uris: [CALLBACK],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    }),
    client('m-es256'),
    client('m-rs256'),
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, indicator) => resource(indicator.endsWith('rs256') ? 'RS256' : 'ES256'),
      useGrantedResource: () => true,
      defaultResource: (_ctx, { clientId }) =>
        clientId.startsWith('m-') ? `https://api.example/${clientId}` : undefined,
    },
  },
  scopes: ['openid', 'offline_access', 'jobs:run'],
  pkce: { required: () => false },
  issueRefreshToken: (_ctx, _client, source) => source.scopes.has('offline_access'),
  rotateRefreshToken: true,
  clientBasedCORS: () => false,
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
  // whoever asks has agreed: our client has --skip-consent
  loadExistingGrant: async ({ oidc }) => {
    const known = oidc.session.grantIdFor(oidc.client.clientId);
    const found = known && (await oidc.provider.Grant.find(known));
    if (found) return found;
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope('https://api.example/web', 'openid offline_access');
    await grant.save();
    return grant;
  },
});

// a sign-in without a page, and without a password: it is no part of any exchange
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/sign-in/')) return next();
  const { prompt, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  const result = prompt.name === 'consent' ? { consent: { grantId } } : { login: { accountId: crypto.randomUUID() } };
  await provider.interactionFinished(ctx.req, ctx.res, result);
  ctx.respond = false;
});

provider.on('server_error', (_ctx, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
