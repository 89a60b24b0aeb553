// Writes Twilio's Smart Encoding table as JSON.
const table = require("sms-segments-calculator/dist/libs/SmartEncodingMap.js").default;
process.stdout.write(JSON.stringify(table));
