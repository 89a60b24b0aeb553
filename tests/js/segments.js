// Reads a JSON array of texts on standard input, writes [encoding, segments] of each.
const { SegmentedMessage } = require("sms-segments-calculator");

let input = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => {
  const counted = JSON.parse(input).map((text) => {
    const message = new SegmentedMessage(text, "auto", false);
    return [message.getEncodingName(), message.segmentsCount];
  });
  process.stdout.write(JSON.stringify(counted));
});
