import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { networkDisk } from "../../../../framework/doctor/host/networkDisk";

test.each([
  ["NFS", 0x6969],
  ["SMB", 0xff534d42],
  ["SMB", 0xff534d42 | 0],
  ["FUSE", 0x65735546],
  ["9p", 0x01021997],
  [undefined, 0xef53],
  [undefined, 0x58465342],
])("%s is the disk of type %i", (kind, type) => expect(networkDisk(type)).toBe(kind));

test("a local folder is not on a network disk", () =>
  expect(networkDisk(statfsSync(tmpdir()).type)).toBeUndefined());
