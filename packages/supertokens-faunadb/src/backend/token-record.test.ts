import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { merge, noRecord, ownPart, possibleTokenIds, readRecord, tokenId, writeRecord } from './token-record.js';

const sealingKeys = [randomBytes(32)];
const record = fc.record({
  lineage: fc.string({ minLength: 1 }),
  generation: fc.nat(),
  secret: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  expiry: fc.option(fc.nat(), { nil: undefined }),
  refreshId: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
});
const place = fc.constantFrom('payload', 'sealed', 'database' as const);
const payload = fc
  .dictionary(fc.string(), fc.jsonValue())
  .filter((object) => Object.keys(ownPart(object)).length === 0);

it('a record is read as it was written, whatever else is there', async () => {
  await fc.assert(
    fc.asyncProperty(record, place, payload, async (written, where, others) => {
      const holder = merge(others, await writeRecord(written, where as 'payload', sealingKeys));
      expect(await readRecord(JSON.parse(JSON.stringify(holder)), 'handle', sealingKeys)).toEqual(written);
      expect(merge(holder, noRecord)).toEqual(merge(others, {}));
    }),
  );
});

it('a sealed record does not show its secret, and without the key is one without a token', async () => {
  const written = { lineage: 'line', generation: 1, secret: 'fnSecret' };
  const holder = await writeRecord(written, 'sealed', sealingKeys);
  expect(JSON.stringify(holder)).not.toContain('fnSecret');
  expect(await readRecord(holder, 'handle', [randomBytes(32)])).toMatchObject({ generation: 1, secret: undefined });
  expect(await readRecord(holder, 'handle', [randomBytes(32), ...sealingKeys])).toMatchObject(written);
});

it('nothing that is not a record is taken for one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(payload, fc.jsonValue()), async (value) => {
      if (Object.keys(ownPart(value)).length > 0) return;
      expect(await readRecord(value, 'handle', sealingKeys)).toBeUndefined();
    }),
  );
});

it('ids are positive 64-bit numbers, and differ by line and generation', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (lineage, generation) => {
      const id = BigInt(tokenId(lineage, generation));
      expect(id > 0n && id < 2n ** 63n).toBe(true);
      expect(tokenId(lineage, generation + 1)).not.toBe(String(id));
      expect(tokenId(`${lineage}.`, generation)).not.toBe(String(id));
      expect(possibleTokenIds({ lineage, generation })).toContain(String(id));
    }),
  );
});
