import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { readEnvFile } from "../../../framework/config/envFile";

describe("valid settings are read as Node reads them", () => {
  test.each([
    "",
    "A=1",
    "A=1\nB=2\n",
    "# a note\n\nexport A=b\n#B=1\nC = 3\n  D=4\n",
    "A=\nB=2\nC=",
    "A=   \nB=2",
    'A="one\ntwo\n\n# three\nD=4"\nB=2',
    "A='one\ntwo' # a note\nB=`x\n\"y\"`\nC=1",
    'A="a\\nb"\nB="" # c\nC=\'\'',
    "A=it's\nB=don't",
    'A="not closed\nB=2',
    'A="x" "y"\nB=2',
    "A=a # b\nB=#c\nC=a#b",
    "A=b=c==\nz.y=1\n1X=2\n-Z=3",
    "A=x\r\n\r\n# c\r\nB='y\r\nz'\r\nC=1\r\n",
    "A=b\\\nC=3",
    "URL=postgres://u:p%20w@h/db?x=1&y=2 \nB=2",
  ])("%j", (text) => {
    expect(readEnvFile(text)).toEqual({ values: parseEnv(text), problems: [] });
  });
});

test.each(["   ", "\t", "  # a note", "\t# A=b", "# a note", ""])(
  "a setting after the line %j is read",
  (line) => {
    expect(readEnvFile(`A=1\n${line}\nB=2\n`)).toEqual({ values: { A: "1", B: "2" }, problems: [] });
  },
);

test("a byte-order mark is not part of the first name", () => {
  expect(readEnvFile("\ufeffA=1\n")).toEqual({ values: { A: "1" }, problems: [] });
});

describe("a line that is not a setting", () => {
  test.each([
    ["SMTP_HOST", '"SMTP_HOST" is not a setting'],
    ["MONITOR: true", '"MONITOR: …" is not a setting'],
    ["export SMTP_HOST", '"export SMTP_HOST" is not a setting'],
    ["=value", "this is not a setting"],
    ["export =value", "this is not a setting"],
    ["SMTP_HOST smtp.example.com", '"SMTP_HOST …" is not a setting'],
    ["MAIL FROM=x", '"MAIL …" is not a setting'],
    ['MONITOR: "a=b"', '"MONITOR: …" is not a setting'],
    ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", "this is not a setting"],
    ["- A=1", "this is not a setting"],
    ["// a note", "this is not a setting"],
  ])("%s", (line, message) => {
    const { values, problems } = readEnvFile(`A=1\n\n${line}\nB=2\n`);
    expect(problems).toEqual([{ line: 3, message: `${message}; write it as NAME=value` }]);
    expect(values).toEqual({ A: "1", B: "2" });
  });

  test("its line number counts lines within quotes and CRLF line ends", () => {
    const text = 'A="one\r\ntwo\r\nthree"\r\nSMTP_HOST\r\nB=`x\r\ny`\r\nC\r\n';
    expect(readEnvFile(text).problems.map(({ line }) => line)).toEqual([4, 7]);
  });

  test("a quote closed only by the quote of a later setting", () => {
    const { values, problems } = readEnvFile('A="secret\nB=2\nC="x"\nD=4\n');
    expect(problems).toEqual([{ line: 1, message: "the quote that opens the value of A is never closed" }]);
    expect(values).toEqual({ D: "4" });
  });
});
