// node-oidc-provider's records in SQLite, as durable as ours (WAL, synchronous=FULL), each write a commit of its own.
import Database from 'better-sqlite3';

export function open(file) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`
    CREATE TABLE IF NOT EXISTS records (
      model TEXT, id TEXT, payload TEXT NOT NULL, uid TEXT, user_code TEXT, grant_id TEXT, expires_at INTEGER,
      PRIMARY KEY (model, id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_uid ON records (model, uid);
    CREATE INDEX IF NOT EXISTS by_grant ON records (grant_id);
  `);
  const put = db.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)');
  const by = (column) => db.prepare(`SELECT payload, expires_at FROM records WHERE model = ? AND ${column} = ?`);
  const [byId, byUid, byUserCode] = [by('id'), by('uid'), by('user_code')];
  const consume = db.prepare("UPDATE records SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?");
  const remove = db.prepare('DELETE FROM records WHERE model = ? AND id = ?');
  const revoke = db.prepare('DELETE FROM records WHERE grant_id = ?');
  const now = () => Math.floor(Date.now() / 1000);
  const read = (row) => (row && (!row.expires_at || row.expires_at > now()) ? JSON.parse(row.payload) : undefined);

  return class SqliteAdapter {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const { uid = null, userCode = null, grantId = null } = payload;
      put.run(this.model, id, JSON.stringify(payload), uid, userCode, grantId, expiresIn ? now() + expiresIn : null);
    }

    async find(id) {
      return read(byId.get(this.model, id));
    }

    async findByUid(uid) {
      return read(byUid.get(this.model, uid));
    }

    async findByUserCode(code) {
      return read(byUserCode.get(this.model, code));
    }

    async consume(id) {
      consume.run(now(), this.model, id);
    }

    async destroy(id) {
      remove.run(this.model, id);
    }

    async revokeByGrantId(id) {
      revoke.run(id);
    }
  };
}
