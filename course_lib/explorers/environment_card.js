// The card of the environment check. That this program runs at all is half of the last row; Python's reply is the other half.

function render({ model, el }) {
  el.innerHTML = '<div class="course-environment" role="list"></div>';
  const card = el.firstElementChild;
  function show() {
    card.replaceChildren(...model.get("rows").map(({ name, good, text }) => {
      const row = document.createElement("div");
      row.className = good ? "course-environment-good" : "course-environment-bad";
      row.setAttribute("role", "listitem");
      row.innerHTML = '<span role="img"></span><b></b><span></span>';
      const [mark, title, said] = row.children;
      mark.textContent = good ? "✓" : "!";
      mark.setAttribute("aria-label", good ? "good" : "to do");
      title.textContent = name;
      said.textContent = text;
      return row;
    }));
  }
  model.on("change:rows", show);
  show();
  model.send({ alive: true });
}

export default { render };
