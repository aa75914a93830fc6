"""Two people of a match who both signed in, decided about their sheets and said yes to notes."""

import re

from django.urls import reverse

from matching.workflows import matches
from peersupport.vault import door
from sessions_log.models import Note
from sessions_log.workflows import notes

CANARY = "Quintessentia"


class Pair:
    def __init__(self, world, sign_in, *, notes_on=True, **request):
        self.world = world
        self.match = world.match(world.request(**request))
        self.person, self.supporter = sign_in(self.match.request.person), sign_in(self.match.supporter.user)
        for one in (self.person, self.supporter):
            door.do_without_sheet(one.unlocked())
            if notes_on:
                notes.say_yes(self.match, by=one.user)

    def write(self, by=None, words=CANARY, **how):
        by = by or self.supporter
        content = door.Content({"talked": words})
        return notes.write(self.match, content, by=by.unlocked(), **how)

    def read(self, note, by):
        note = Note.objects.select_related("text").get(pk=note.pk)
        return door.read(note.text, by=by.unlocked(), role="person").parts["talked"]

    def end(self):
        matches.end(self.match, by=self.match.request.person)


def token_on(page):
    return re.search(r'name="token" value="([^"]*)"', page.content.decode()).group(1)


def address(name, thing):
    return reverse(name, args=[thing.pk])
