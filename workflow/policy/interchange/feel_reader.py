"""Reader of FEEL cells: the values of its column that a cell admits.

Reads what editors of decision tables write: lists, comparisons, intervals, `not(…)`, and tests of `?`, from left to
right. Nothing is evaluated as code.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.policy.interchange.feel_tokens import CellInvalid, Name, Token
from workflow.policy.pack_messages import unknown

MAX_DEPTH = 20
OPERATORS = ("<=", ">=", "!=", "<", ">", "=")
Values = frozenset[object]


def counts(domain: tuple[object, ...]) -> bool:
    """Whether a column holds numbers."""
    return all(isinstance(value, int) and not isinstance(value, bool) for value in domain)


@dataclass(slots=True)
class Reader:
    """A cell that is being read."""

    tokens: tuple[Token, ...]
    #: Every value of the column.
    domain: tuple[object, ...]
    at: int = 0
    depth: int = 0

    def cell(self) -> Values:
        """What the whole cell admits; raises `CellInvalid`."""
        found = self._tests()
        if self.at < len(self.tokens):
            raise CellInvalid(f"says {self._written()} where nothing more is expected")
        return found

    def _tests(self, closed_by: str = "") -> Values:
        """Tests separated by commas: one of them is enough."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CellInvalid(f"is nested deeper than {MAX_DEPTH} levels")
        found = self._either()
        while self._takes(","):
            found |= self._either()
        if closed_by:
            self._expect(closed_by)
        self.depth -= 1
        return found

    def _either(self) -> Values:
        start = self.at
        found = self._each()
        while self._joins("or", start):
            found |= self._each()
        return found

    def _each(self) -> Values:
        start = self.at
        found = self._one()
        while self._joins("and", start):
            found &= self._one()
        return found

    def _joins(self, word: str, start: int) -> bool:
        """Whether a word that joins tests of `?` comes next; a value alone is no such test."""
        if not self._takes_word(word):
            return False
        for place in (start, self.at):
            if not {one.written for one in self.tokens[place : place + 1]} & {"?", "(", "not"}:
                raise CellInvalid(f"joins with {word!r} what is no test of '?'")
        return True

    def _one(self) -> Values:
        """One test, with or without `?`; in brackets, several."""
        if self._takes_word("not"):
            self._expect("(")
            return frozenset(self.domain) - self._tests(")")
        if self._takes("?") and not self._takes_word("in") and not self._is(*OPERATORS):
            raise CellInvalid(f"says {self._written()} where a comparison is expected")
        if self._is("(", "[", "]"):
            opening = self._next().written
            if self._is_interval():
                return self._interval(opening)
            return self._tests(")" if opening == "(" else "]")
        if self._is(*OPERATORS):
            return self._compared(self._next().written, self._literal())
        return frozenset({self._literal()})

    def _is_interval(self) -> bool:
        after = self.tokens[self.at + 1 : self.at + 2]
        return bool(after) and after[0].written == ".." and after[0].kind == "mark"

    def _interval(self, opening: str) -> Values:
        """A stretch of numbers like `[0..99]`; an end in a bracket that looks away, or a round one, is left out."""
        low = self._literal()
        self._expect("..")
        high = self._literal()
        closing = self._next().written
        if closing not in (")", "]", "["):
            raise CellInvalid(f"says {closing!r} where an interval ends")
        above = self._compared(">=" if opening == "[" else ">", low)
        return above & self._compared("<=" if closing == "]" else "<", high)

    def _compared(self, operator: str, value: object) -> Values:
        if operator == "=":
            return frozenset({value})
        if operator == "!=":
            return frozenset(self.domain) - {value}
        if not counts(self.domain):
            raise CellInvalid(f"compares with {operator}, and the column holds no numbers")
        at = self.domain.index(value)  # numbers stand in their order
        first, last = {"<": (0, at), "<=": (0, at + 1), ">": (at + 1, None), ">=": (at, None)}[operator]
        return frozenset(self.domain[first:last])

    def _literal(self) -> object:
        token = self._next()
        if token.kind == "mark":
            raise CellInvalid(f"says {token.written!r} where a value is expected")
        for value in self.domain:
            if value == token.value and type(value) is type(token.value):
                return value
        raise CellInvalid(self._unknown(token))

    def _unknown(self, token: Token) -> str:
        if isinstance(token.value, Name) and token.value.word in self.domain:
            return f"{token.written} is a text: write it in quotation marks"
        if counts(self.domain):
            return f"{token.written} is no whole number from {self.domain[0]} to {self.domain[-1]}"
        shown = ["null" if value is None else str(value).lower() for value in self.domain]
        return str(unknown("value", token.value if token.kind == "text" else token.written, shown))

    # -- from one word to the next

    def _is(self, *marks: str) -> bool:
        here = self.tokens[self.at : self.at + 1]
        return bool(here) and here[0].kind == "mark" and here[0].written in marks

    def _takes(self, mark: str) -> bool:
        taken = self._is(mark)
        self.at += taken
        return taken

    def _takes_word(self, word: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at].value == Name(word)
        self.at += taken
        return taken

    def _expect(self, mark: str) -> None:
        if not self._takes(mark):
            raise CellInvalid(f"says {self._written()} where {mark!r} is expected")

    def _next(self) -> Token:
        if self.at >= len(self.tokens):
            raise CellInvalid("ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _written(self) -> str:
        return repr(self.tokens[self.at].written) if self.at < len(self.tokens) else "nothing"
