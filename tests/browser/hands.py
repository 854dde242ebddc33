"""The hands of a person: mouse, fingers or keyboard. What is done with a page is the same, how it is done is not."""

from __future__ import annotations

from typing import Any

LOOK = """element => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const edge = frame => { const s = getComputedStyle(frame); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; };
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  let where = 'here';
  if (element && element !== at) where = at.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING ? 'before' : 'after';
  return {
    where, lost: at === document.body || !at, shown: seen && edge(at), what: at.outerHTML.slice(0, 160),
    parts: at.matches('input[type=date], input[type=datetime-local], input[type=time]'),
  };
}"""


class Hands:
    """A mouse in one window of the browser."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base

    def open(self, address: str) -> None:
        """Type an address, or open the link of a mail."""
        self.page.goto(address if address.startswith("http") else self.base + address)

    @property
    def at(self) -> str:
        """The path of the page; the link that skips to the content leaves its mark in the address."""
        return str(self.page.url).removeprefix(self.base).partition("#")[0]

    def one(self, selector: str) -> Any:
        return self.page.locator(selector).last

    def field(self, name: str, value: str | None = None) -> Any:
        return self.one(f"main [name='{name}']" + (f"[value='{value}']" if value is not None else ""))

    # --- what each kind of hand does in its own way -------------------------------------------------------------------

    def reach(self, target: Any) -> None:
        """Bring the hand to ``target``."""

    def touch(self, target: Any) -> None:
        """Press what the hand is at."""
        target.click()

    def write(self, name: str, text: str) -> None:
        self.field(name).fill(text)

    def write_day(self, name: str, day: Any) -> None:
        self.field(name).fill(day.isoformat())

    def choose(self, name: str, value: str | None = None) -> None:
        """A radio button or a box; where ``value`` is left out, the first of them."""
        found = self.page.locator(
            f"main [name='{name}']" + (f"[value='{value}']" if value is not None else "")
        )
        self.tick(found.first)

    def tick(self, box: Any) -> None:
        box.check()

    def pick(self, name: str, *, label: str = "", index: int = 0) -> None:
        """An entry of a list."""
        self.field(name).select_option(**({"label": label} if label else {"index": index}))

    def attach(self, name: str, path: str) -> None:
        self.field(name).set_input_files(path)

    # --- what follows from it -----------------------------------------------------------------------------------------

    def press(self, selector: str = "main form [type=submit]") -> None:
        """Press a button and wait for the page that follows: a section may save itself first, a file may travel."""
        self.go_on(self.one(selector))

    def go_on(self, target: Any) -> None:
        """Press ``target`` and wait for the page that follows."""
        self.reach(target)
        # A page that saves itself may change its own address meanwhile: only another document counts.
        with self.page.expect_event("load"):
            self.touch(target)

    def follow(self, href: str, within: str = "main") -> None:
        """Follow the first link to ``href``: an address, with ``*`` at an end that may go on."""
        sign = {(True, True): "*", (True, False): "$", (False, True): "^"}.get(
            (href[0] == "*", href[-1] == "*"), ""
        )
        way = f"[href{sign}='{href.strip('*')}']"
        self.go_on(self.page.locator(f"{within} a{way}:visible").first)

    def refused(self) -> None:
        """The page says what is wrong, first of all, and its first word on it leads to a field. The hand goes there."""
        link = self.page.locator(".error-summary a").first
        target = str(link.get_attribute("href"))
        self.reach(link)
        self.touch(link)
        assert self.page.locator(f"{target}[aria-invalid=true]").count() == 1
        self.page.wait_for_function(
            "target => target === '#' + document.activeElement.id || target === location.hash", arg=target
        )

    def leave(self) -> None:
        """Sign out, by the menu of the account."""
        menu = self.page.locator("details.account summary")
        self.reach(menu)
        self.touch(menu)
        self.press("details.account form [type=submit]")

    def is_told(self, *words: str) -> None:
        text = self.page.inner_text("main")
        for word in words:
            assert word in text, text


class Fingers(Hands):
    """A phone: everything is tapped."""

    def touch(self, target: Any) -> None:
        target.tap()

    def tick(self, box: Any) -> None:
        if not box.is_checked():
            box.tap()
        assert box.is_checked()


class Keyboard(Hands):
    """Tab, Shift+Tab, Enter, Space, arrows and letters. No stop without a visible focus, no trap, nothing lost."""

    def __init__(self, page: Any, base: str) -> None:
        super().__init__(page, base)
        # From here on Chromium asks us for files; told only when it asks, it would not always hear in time.
        page.on("filechooser", lambda chooser: None)

    def _look(self, target: Any = None) -> dict[str, Any]:
        handle = target.element_handle() if target is not None else None
        found: dict[str, Any] = self.page.evaluate(LOOK, handle)
        return found

    def _into_the_page(self) -> None:
        """On a page that has just come, the first stop is the link that skips to its content."""
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.matches('a.skip')"), self._look()["what"]
        assert self._look()["shown"], "the link that skips to the content is not seen"
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main"

    def reach(self, target: Any, *, at_most: int = 150) -> None:
        """Go to ``target`` by Tab or Shift+Tab."""
        target.wait_for(state="attached")
        if self._look()["lost"]:
            self._into_the_page()
        before = ""
        for _ in range(at_most):
            look = self._look(target)
            if look["where"] == "here":
                assert look["shown"], f"no visible focus: {look['what']}"
                return
            self.page.keyboard.press("Tab" if look["where"] == "after" else "Shift+Tab")
            look = self._look(target)
            assert not look["lost"], f"the focus is lost on the way to {target} behind {before}"
            assert look["shown"], f"no visible focus: {look['what']}"
            # A day has a stop for each of its parts; everything else is left by one press.
            assert look["parts"] or look["what"] != before, f"a trap: {before}"
            before = look["what"]
        raise AssertionError(f"{at_most} times Tab do not reach {target}; at {before}")

    def touch(self, target: Any) -> None:
        self.page.keyboard.press("Enter")

    def refused(self) -> None:
        """The focus stands on the summary of what is wrong, and is nowhere lost."""
        assert self.page.evaluate("document.activeElement.matches('.error-summary')"), self._look()["what"]
        super().refused()
        assert not self._look()["lost"]

    def write(self, name: str, text: str) -> None:
        self.reach(self.field(name))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        assert self.field(name).input_value() == text

    def write_day(self, name: str, day: Any) -> None:
        """Digits in the order in which the browser shows the parts of a day."""
        field = self.field(name)
        for order in ("%m%d%Y", "%d%m%Y"):
            self.reach(field)
            if field.input_value():
                self.page.keyboard.press("Backspace")
            self.page.keyboard.type(day.strftime(order))
            if field.input_value() == day.isoformat():
                return
            # Back to the first part of the day.
            for _ in range(3):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{name} holds {field.input_value()}, not {day}")

    def tick(self, box: Any) -> None:
        if box.get_attribute("type") == "radio":
            self._turn_to(box)
        else:
            self.reach(box)
            if not box.is_checked():
                self.page.keyboard.press("Space")
        assert box.is_checked()

    def _turn_to(self, radio: Any) -> None:
        """Tab stops once in a group of radio buttons; arrows go on from there."""
        group = self.page.locator(f"main [name='{radio.get_attribute('name')}']")
        checked = next((one for one in group.all() if one.is_checked()), None)
        self.reach(checked or group.first)
        if checked is None:
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def pick(self, name: str, *, label: str = "", index: int = 0) -> None:
        field = self.field(name)
        self.reach(field)
        if label:
            labels = [option.inner_text().strip() for option in field.locator("option").all()]
            index = labels.index(label)
        self.page.keyboard.press("Home")
        for _ in range(index):
            self.page.keyboard.press("ArrowDown")
        assert field.evaluate("element => element.selectedIndex") == index

    def attach(self, name: str, path: str) -> None:
        self.reach(self.field(name))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(path)
