// An app that knows nothing of us but the issuer's address: node verify.mjs ISSUER
// A token a line in; a line of JSON out: whom each of the two sees in it, or why none.

import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node 18 has it in the module alone

const { createRemoteJWKSet, jwtVerify } = await import('jose');
const { passportJwtSecret } = await import('jwks-rsa');
const { default: passport } = await import('passport');
const { ExtractJwt, Strategy } = await import('passport-jwt');

const issuer = process.argv[2];
const algorithms = ['ES256', 'RS256'];
const found = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
if (found.issuer !== issuer) throw new Error(`${found.issuer} is not ${issuer}`);

const keySet = createRemoteJWKSet(new URL(found.jwks_uri));

async function byJose(token) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keySet, { issuer, audience: issuer, algorithms, typ: 'at+jwt' });
    return { sub: payload.sub, kid: protectedHeader.kid, alg: protectedHeader.alg };
  } catch (error) {
    return { refused: error.code ?? error.message };
  }
}

passport.use(new Strategy(
  {
    jwtFromRequest: ExtractJwt.fromExtractors([(request) => request.cookies.token]),
    secretOrKeyProvider: passportJwtSecret({ jwksUri: found.jwks_uri, cache: true, rateLimit: true, jwksRequestsPerMinute: 10 }),
    issuer,
    audience: issuer,
    algorithms,
  },
  (claims, done) => done(null, { sub: claims.sub }),
));

const byPassport = (token) => new Promise((resolve) => {
  const judge = passport.authenticate('jwt', { session: false }, (error, user, why) => {
    resolve(user || { refused: (error ?? why)?.message ?? 'refused' });
  });
  judge({ cookies: { token }, headers: {} }, {}, (error) => resolve({ refused: String(error) }));
});

for await (const token of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ jose: await byJose(token), passport: await byPassport(token) }));
}
