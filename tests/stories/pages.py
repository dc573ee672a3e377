"""Actions of a person in the browser.

Reads what it says, follows links, fills in what is labelled, presses buttons. Nothing here knows an address but the
log-in's, and nothing looks below what is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from tests.web.conftest import PASSWORD
from tests.worlds import MEMBERS

#: The day of the stories, on which every body meets.
MEETING = "2026-09-15"
#: Numbers of the paragraphs in the minutes: each decides one case.
PARAGRAPHS = count(1000)


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    username: str = ""

    # -- coming and going

    def logs_in(self, password: str = PASSWORD) -> None:
        """Come in by user name and password."""
        self.page.goto("/login")
        self.writes("User name", self.username)
        self.writes("Password", password)
        self.presses("Log in")
        self.reads("Waiting for me")

    def goes_to(self, tenant: str) -> None:
        """Choose a place in the main navigation."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=tenant, exact=True).click()

    def follows(self, link: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def takes_up(self, title: str) -> None:
        """Open a case from what waits."""
        self.goes_to("Waiting for me")
        self.follows(title)
        self.reads(title)

    def begins(self, action: str) -> None:
        """Choose what to do with the case that is open."""
        offered = self.page.get_by_role("region", name="What can I do now?")
        offered.get_by_role("link", name=action, exact=True).click()
        self.reads(action)

    # -- reading

    @property
    def main(self) -> Locator:
        """The page's content."""
        return self.page.get_by_role("main")

    def reads(self, heading: str) -> None:
        """Be on the page with this heading."""
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()

    def sees(self, *texts: str) -> None:
        """Find each text somewhere in the content, without opening anything."""
        for text in texts:
            expect(self.main.get_by_text(text).locator("visible=true").first).to_be_visible()

    def does_not_see(self, *texts: str) -> None:
        """Find none of the texts."""
        for text in texts:
            expect(self.main.get_by_text(text).locator("visible=true")).to_have_count(0)

    # -- forms

    def field(self, label: str) -> Locator:
        """A field by its label."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*\(optional\))?\s*$"))

    def writes(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.field(label).fill(text)

    def picks(self, label: str, choice: str) -> None:
        """Choose from a list."""
        self.field(label).select_option(label=choice)

    def chooses(self, question: str, choice: str) -> None:
        """Choose one answer to a question by its words."""
        asked = self.page.get_by_role("group", name=question, exact=True)
        asked.get_by_text(choice, exact=True).click()
        expect(asked.get_by_role("radio", checked=True)).to_have_count(1)

    def ticks(self, *labels: str) -> None:
        """Tick boxes."""
        for label in labels:
            self.page.get_by_role("checkbox", name=label, exact=True).check()

    def unfolds(self, summary: str) -> None:
        """Open what is folded away."""
        self.page.get_by_text(summary, exact=True).click()

    def presses(self, button: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def is_told(self, text: str) -> None:
        """Be told that something was done."""
        expect(self.page.get_by_role("status").filter(has_text=text)).to_be_visible()

    def is_refused(self, *texts: str) -> None:
        """Be told above the form what is wrong with it."""
        summary = self.page.get_by_role("alert")
        for text in texts:
            expect(summary).to_contain_text(text)

    # -- what every story needs

    def asks(self, kind: str, act: str = "Enter") -> None:
        """Start a request and have it shown who decides."""
        self.goes_to("New request")
        self.chooses("What is it about?", kind)
        self.chooses("What is to be done?", act)
        self.presses("Show who decides")

    def opens_the_draft(self, title: str) -> None:
        """Open the draft of the request that is on the page."""
        self.presses("Open the draft")
        self.is_told("is open")
        self.reads(title)

    def acts(self, title: str, action: str, comment: str = "") -> None:
        """Take up a case and take an action that asks for no more than a comment."""
        self.takes_up(title)
        self.acts_here(action, comment)

    def acts_here(self, action: str, comment: str = "") -> None:
        """The same on the case that is open."""
        self.begins(action)
        if comment:
            self.writes("Comment", comment)
        self.presses(action)
        self.is_told("Done")

    def records(self, title: str, outcome: str, *, proposal: str = "", text: str = "") -> None:
        """Take up a case and enter what a body's meeting decided."""
        action = "Enter the recommendation" if proposal else "Enter the decision"
        self.takes_up(title)
        self.begins(action)
        self.fills_in_the_record(outcome)
        if proposal:
            self.chooses("If it recommended: what?", proposal)
        if text:
            self.writes("The text as the body decided it", text)
        self.presses(action)
        self.is_told("Done")

    def fills_in_the_record(self, outcome: str) -> None:
        """Write down what a meeting decided, with everybody present."""
        self.chooses("What did the body decide?", outcome)
        self.writes("When did the body meet?", MEETING)
        self.writes("Paragraph in the minutes", f"§ {next(PARAGRAPHS)}")
        self.writes("How many members took part in the meeting?", str(MEMBERS))

    def registers(self, paper: Path, title: str) -> None:
        """Add a document to the case that is open."""
        self.follows("Add a document")
        self.field("File").set_input_files(paper)
        self.writes("Title", title)
        self.presses("Register the document")
        self.is_told("The document is registered in the case.")

    def downloads(self, link: str) -> Download:
        """Follow a link to a file."""
        with self.page.expect_download() as coming:
            self.follows(link)
        return coming.value

    def verifies(self, title: str) -> None:
        """Find a case in the trail and have its entries verified."""
        self.goes_to("Trail")
        self.follows(title)
        self.reads(title)
        self.presses("Verify this trail")
        self.reads("The trail is whole")
