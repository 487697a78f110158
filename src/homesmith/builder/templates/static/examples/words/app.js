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

// After the last word, `end` says "You knew 2 of 3 words." and a button `restart` begins anew.
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
  return make("button", { testid: "choice", onclick: () => choiceClicked(choice), text: choice, disabled: picked !== null }, [
  ]);
}

// `word` (these names are data-testids) shows the word, and the choices are buttons, each with
// data-testid `choice`. `place` says "Word 1 of 3". After pressing a choice, `told` says "Right!"
// or, for example, "No, it is dog.", and the choice buttons are disabled. The button `onward` is
// disabled until then; it goes to the next word and empties `told`. `score` says "Score: 0" and
// grows by one with each right choice. After the last word, `end` says "You knew 2 of 3 words." and
// a button `restart` begins anew.
function render() {
  const over = number >= WORDS.length;
  for (const name of ["place", "word", "choices", "told", "onward"]) find(name).hidden = over;
  for (const name of ["end", "restart"]) find(name).hidden = !over;
  find("score").textContent = "Score: " + score;
  if (over) {
    find("end").textContent = "You knew " + score + " of " + WORDS.length + " words.";
    return;
  }
  const { word, choices, right } = WORDS[number];
  find("place").textContent = "Word " + (number + 1) + " of " + WORDS.length;
  find("word").textContent = word;
  fill("choices", choices.map(choiceElement));
  find("told").textContent = picked === null ? "" : picked === right ? "Right!" : "No, it is " + right + ".";
  find("onward").disabled = picked === null;
}

find("onward").addEventListener("click", onward);
find("restart").addEventListener("click", restart);

render();
