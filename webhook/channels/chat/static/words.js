// Every word that the page itself says. Each was reviewed: plain, short, no blame, no promise.

export const words = {
  you: "You",
  computer: "Computer",
  aPerson: "A person",
  person: (name) => `${name} – a person`,
  sending: "Sending…",
  sent: "Sent",
  waiting: "Waiting to send",
  failed: "Not sent. Tap to try again",
  announceFailed: "Your message was not sent. You can try again.",
  withComputer: "You are chatting with a computer.",
  waitingForPerson: "We have asked for a person to join. The computer is still here.",
  joined: (name) => `A person has joined: ${name}`,
  joinedNoName: "A person has joined.",
  wantPerson: "Can I talk to a person?",
  typingComputer: "Answering…",
  typingPerson: (name) => `${name || "They"} – typing…`,
  offline: "You are offline. Your messages are safe. Keep this page open and we will send them.",
  reconnecting: "Trying to reconnect. Your messages are safe.",
  busy: "We are busy. Your message is safe and we keep trying. In danger, call 999.",
  idle: "This chat is still open and stays open. If someone might see it, press Exit.",
  ended: "This chat has ended. You can write again at any time.",
  fresh: "New chat",
  notDeleted: "That did not work. Check that you are online and try again.",
  newMessage: "New message",
  welcome: {
    child:
      "Hi. I'm glad you are here. I am a computer. " +
      "You can tell me what is going on, in your own words. Take your time. " +
      "Whatever it is, it is not your fault.",
    teen:
      "Hi. I'm glad you are here. I am a computer, so nobody can hear you. " +
      "You can tell me what is going on, in your own words. Swearing is fine, so is not knowing " +
      "where to start.",
    anyone:
      "Hello. I am a computer, and I am here day and night. " +
      "You can tell me what is going on, in your own words. You can ask for a person at any time.",
  },
};

const WELCOMES = { under13: "child", "13-15": "child", "16-17": "teen" };

/** The first words for an age band; those for anyone when it was not told. */
export function welcome(age) {
  return words.welcome[WELCOMES[age] || "anyone"];
}
