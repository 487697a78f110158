// The words, each with its three choices (the right one is marked with *):
// 1. le chien: dog* / cat / bird
// 2. la pomme: pear / apple* / plum
// 3. le pain: wine / milk / bread*
// Data that never changes, and what the page remembers.
const WORDS = [
  { word: "le chien", choices: ["dog", "cat", "bird"], right: "dog" },
  { word: "la pomme", choices: ["pear", "apple", "plum"], right: "apple" },
  { word: "le pain", choices: ["wine", "milk", "bread"], right: "bread" },
];
let number = 0;
let score = 0;
let picked = null;

// The button `onward` is disabled until then; it goes to the next word and empties `told`. They are
// only visible at the end; word, choices and `onward` only before.
function onward() {
  number = number + 1;
  picked = null;
}

// After the last word, `end` says "You knew 2 of 3 words.", `cheer` says "Magnifique!" for 3,
// "Bien!" for 2 and "Encore!" for less, and a button `restart` begins anew.
function restart() {
  number = 0;
  score = 0;
  picked = null;
}

// `word` (these names are data-testids) shows the word, and the choices are buttons, each with
// data-testid `choice`. After pressing a choice, `told` says "Right!" or, for example, "No, it is
// dog.", and the choice buttons are disabled.
function choiceClicked(choice) {
  picked = choice;
  if (choice === WORDS[number].right) score = score + 1;
}

// `word` (these names are data-testids) shows the word, and the choices are buttons, each with
// data-testid `choice`. After pressing a choice, `told` says "Right!" or, for example, "No, it is
// dog.", and the choice buttons are disabled.
function choiceElement(choice) {
  return make("button", { testid: "choice", onclick: () => choiceClicked(choice), disabled: picked !== null, text: choice }, [
  ]);
}

// `place` says "Word 1 of 3".
function placeText() {
  if (number >= WORDS.length) return "";
  return "Word " + (number + 1) + " of " + WORDS.length;
}

// `word` (these names are data-testids) shows the word, and the choices are buttons, each with
// data-testid `choice`. `place` says "Word 1 of 3".
function wordText() {
  return number >= WORDS.length ? "" : WORDS[number].word;
}

// After pressing a choice, `told` says "Right!" or, for example, "No, it is dog.", and the choice
// buttons are disabled. The button `onward` is disabled until then; it goes to the next word and
// empties `told`.
function toldText() {
  if (picked === null) return "";
  return picked === WORDS[number].right ? "Right!" : "No, it is " + WORDS[number].right + ".";
}

// `score` says "Score: 0" and grows by one with each right choice.
function scoreText() {
  return "Score: " + score;
}

// After the last word, `end` says "You knew 2 of 3 words.", `cheer` says "Magnifique!" for 3,
// "Bien!" for 2 and "Encore!" for less, and a button `restart` begins anew.
function endText() {
  if (number < WORDS.length) return "";
  return "You knew " + score + " of " + WORDS.length + " words.";
}

// After the last word, `end` says "You knew 2 of 3 words.", `cheer` says "Magnifique!" for 3,
// "Bien!" for 2 and "Encore!" for less, and a button `restart` begins anew.
function cheerText() {
  const graded = (count) => count >= 3 ? "Magnifique!" : count >= 2 ? "Bien!" : "Encore!";
  return number >= WORDS.length ? graded(score) : "";
}

// `word` (these names are data-testids) shows the word, and the choices are buttons, each with
// data-testid `choice`. After pressing a choice, `told` says "Right!" or, for example, "No, it is
// dog.", and the choice buttons are disabled. The button `onward` is disabled until then; it goes
// to the next word and empties `told`. After the last word, `end` says "You knew 2 of 3 words.",
// `cheer` says "Magnifique!" for 3, "Bien!" for 2 and "Encore!" for less, and a button `restart`
// begins anew. They are only visible at the end; word, choices and `onward` only before.
function render() {
  say("place", placeText());
  say("word", wordText());
  say("told", toldText());
  say("score", scoreText());
  say("end", endText());
  say("cheer", cheerText());
  const over = number >= WORDS.length;
  fill("choices", over ? [] : WORDS[number].choices.map(choiceElement));
  find("onward").hidden = over;
  find("onward").disabled = picked === null;
  find("restart").hidden = !over;
}

find("onward").addEventListener("click", onward);
find("restart").addEventListener("click", restart);

render();
