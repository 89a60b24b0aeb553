"""A stand-in for the SMS carrier (Twilio) and a phone page, for development and tests only."""
