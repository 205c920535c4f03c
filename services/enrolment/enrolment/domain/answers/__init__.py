"""What the sender of a command is told: a stable code and a sentence in two languages. A code never changes meaning.

Functions that give an ``Answer`` are for what was done or needed no doing; those that give ``Refused`` are raised.
"""

from __future__ import annotations
