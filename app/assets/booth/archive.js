/**
 * The .bel archive (specification, "Public data"): records of an old-style tar, data before the event that uses
 * them, events chained by hash. The reader rebuilds every header and event and demands equal bytes, so an archive
 * has one form only; it knows nothing of what the data mean.
 *
 * @typedef {object} Event
 * @property {number} height
 * @property {string} type
 * @property {string|undefined} payload hash of the data record that the event is about
 * @property {{hash: string, bytes: Uint8Array}[]} data the records written for this event, in order
 */
import {
  compactJson,
  encodeUtf8,
  exactInteger,
  exactMembers,
  parseCanonicalJson,
  parseDecimal,
  parseHash,
  sha256Hex,
} from "./encoding.js";
import { Unsupported, demand, within } from "./errors.js";

const BLOCK = 512;
const HEADER_NAME = "BELENIOS";
const DATA_SUFFIX = ".data.json";
const EVENT_SUFFIX = ".event.json";
const EVENT_TYPES = [
  "Setup",
  "Ballot",
  "EndBallots",
  "EncryptedTally",
  "Shuffle",
  "EndShuffles",
  "PartialDecryption",
  "Result",
];

/** Write one tar header; the reader compares it with what it found. */
export function tarHeader(name, size, timestamp) {
  const header = new Uint8Array(BLOCK);
  const put = (offset, text) => header.set(encodeUtf8(text), offset);
  const octal = (number, digits) => number.toString(8).padStart(digits, "0");
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(size, 11));
  put(136, octal(timestamp, 11));
  put(148, " ".repeat(8));
  put(156, "0");
  const checksum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(checksum, 6)}\0 `);
  return header;
}

function equalBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Read an octal header field of eleven digits. */
function octalField(header, offset) {
  const text = String.fromCharCode(...header.subarray(offset, offset + 11));
  demand(/^[0-7]{11}$/.test(text), "malformed-tar-header");
  return Number.parseInt(text, 8);
}

/**
 * Cut the bytes into records.
 * @param {Uint8Array} bytes
 * @returns {{name: string, body: Uint8Array, header: Uint8Array}[]}
 */
function readRecords(bytes) {
  demand(bytes.length > 0 && bytes.length % BLOCK === 0, "truncated-archive");
  const records = [];
  for (let at = 0; at < bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = octalField(header, 124);
    const start = at + BLOCK;
    const end = start + Math.ceil(size / BLOCK) * BLOCK;
    demand(end <= bytes.length, "truncated-archive");
    demand(bytes.subarray(start + size, end).every((byte) => byte === 0), "malformed-padding");
    const nameEnd = header.indexOf(0);
    demand(nameEnd > 0 && nameEnd <= 100, "malformed-tar-header");
    const name = String.fromCharCode(...header.subarray(0, nameEnd));
    demand(/^[A-Za-z0-9.]+$/.test(name), "malformed-tar-header");
    records.push({ name, body: bytes.subarray(start, start + size), header });
    at = end;
  }
  return records;
}

/** @returns {{timestamp: number, timestampIsInteger: boolean}} of the first record */
function readArchiveHeader(record) {
  demand(record.name === HEADER_NAME, "malformed-archive-header");
  const value = parseCanonicalJson(record.body);
  exactMembers(value, ["version", "timestamp"]);
  if (value.version !== 1) throw new Unsupported("unsupported-version");
  const timestampIsInteger = typeof value.timestamp === "number";
  const timestamp = timestampIsInteger
    ? exactInteger(value.timestamp)
    : Number(parseDecimal(value.timestamp, "malformed-archive-header"));
  return { timestamp, timestampIsInteger };
}

/** Demand that a record is named by its content's hash. */
function demandNamedByHash({ name, body }, suffix) {
  const hash = name.slice(0, -suffix.length);
  demand(sha256Hex(body) === hash, "wrong-record-hash");
  return hash;
}

/** Read an event: canonical, at this height, after this parent. @returns {Event} */
function readEvent(record, height, parent, data) {
  const value = parseCanonicalJson(record.body);
  exactMembers(value, parent === undefined ? ["height", "type", "payload?"] : ["parent", "height", "type", "payload?"]);
  demand(value.height === height, "wrong-event-height");
  demand(value.parent === parent, "wrong-event-parent");
  demand(EVENT_TYPES.includes(value.type), "unknown-event-type");
  if (value.payload !== undefined) parseHash(value.payload);
  return { height, type: value.type, payload: value.payload, data };
}

/**
 * Read an archive.
 * @param {Uint8Array} bytes
 * @returns {{timestamp: number, timestampIsInteger: boolean, events: Event[]}}
 * @throws CheckFailed naming what is wrong; `where.event` is the height
 */
export function parseArchive(bytes) {
  const [first, ...records] = readRecords(bytes);
  const { timestamp, timestampIsInteger } = readArchiveHeader(first);
  for (const { name, body, header } of [first, ...records]) {
    demand(equalBytes(header, tarHeader(name, body.length, timestamp)), "malformed-tar-header");
  }
  const events = [];
  let data = [];
  let parent;
  for (const record of records) {
    within({ event: events.length }, () => {
      if (record.name.endsWith(DATA_SUFFIX)) {
        data.push({ hash: demandNamedByHash(record, DATA_SUFFIX), bytes: record.body });
        return;
      }
      demand(record.name.endsWith(EVENT_SUFFIX), "unknown-record");
      const hash = demandNamedByHash(record, EVENT_SUFFIX);
      events.push(readEvent(record, events.length, parent, data));
      [parent, data] = [hash, []];
    });
  }
  demand(data.length === 0, "data-after-last-event");
  demand(events.length > 0, "no-events");
  return { timestamp, timestampIsInteger, events };
}

/**
 * Write an archive: the inverse of `parseArchive`, for tests and for a trustee who keeps a copy.
 * @param {number} timestamp
 * @param {{type: string, data: (string|Uint8Array)[], payload?: string}[]} events payload as hash
 * @returns {Uint8Array}
 */
export function writeArchive(timestamp, events) {
  const chunks = [];
  const put = (name, text) => {
    const body = typeof text === "string" ? encodeUtf8(text) : text;
    chunks.push(tarHeader(name, body.length, timestamp), body, new Uint8Array((BLOCK - (body.length % BLOCK)) % BLOCK));
  };
  put(HEADER_NAME, compactJson({ version: 1, timestamp: String(timestamp) }));
  let parent;
  events.forEach(({ type, data, payload }, height) => {
    for (const datum of data) put(sha256Hex(datum) + DATA_SUFFIX, datum);
    const event = compactJson({ parent, height, type, payload });
    parent = sha256Hex(event);
    put(parent + EVENT_SUFFIX, event);
  });
  return joinBytes(chunks);
}

/** @param {Uint8Array[]} chunks @returns {Uint8Array} */
function joinBytes(chunks) {
  const joined = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
