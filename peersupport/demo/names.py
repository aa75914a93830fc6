"""Plainly fictional people in three languages of names, and their words. Written for this product."""

FIRST = {
    "en": ["Robin Example", "Alex Sample", "Sam Fictive", "Jo Invented", "Kim Madeup", "Chris Pretend", "Pat Story",
           "Lee Imagine", "Max Fable", "Toni Novel", "Nic Legend", "Ash Fiction"],
    "es": ["Lucía Ejemplo", "Mateo Muestra", "Inés Ficción", "Pablo Cuento", "Elena Inventada", "Diego Fábula",
           "Carmen Relato", "Hugo Novela", "Marta Leyenda", "Iván Historia"],
    "ar": ["سلمى مثال", "كريم خيال", "ليلى حكاية", "يوسف رواية", "هند قصة", "طارق نموذج", "مريم أسطورة", "سامي عيّنة"],
}  # fmt: skip

STORIES = [
    "For years I thought I was the only one. Then somebody sat down with me and did not try to repair me. "
    "Now I sit with others. Tea helps.",
    "I lost my flat, my work and my sleep, in that order. What came back first was laughing. I like to walk while we talk.",
    "I hear voices and I live well with them. We can talk about yours, or about football.",
    "People made decisions over my head. Today I make my own, and I know a bit about rights.",
    "I am a parent and I know the fear of being judged for it. You will not be judged here.",
    "I came here with one suitcase. Starting again takes time, and company.",
    "",
]

WORDS = [
    "I would like somebody who does not give advice.",
    "I find it hard to leave the house. It would be good to begin by phone.",
    "I want to find out what I want. Others have decided long enough.",
    "",
    "I would like to laugh again. That would be a start.",
    "Somebody who knows what it is like to be held against your will.",
]

TITLES = ["Peer supporter", "Peer leader", "Recovery coach", ""]
PRONOUNS = ["she/her", "he/him", "they/them", ""]

#: Notes of two fictional people: who wrote, the words, what the other one added.
NOTES = [
    ("supporter", {"talked": "The letter from the housing office, and how long a Sunday can be.",
                   "strength": "Walking to the harbour and back without planning it.",
                   "wishes": "You ring the office on Monday. I come along if you want me to."},
     "I rang. They were kind this time."),
    ("person", {"talked": "I told you about the night in May. I had not told anyone.",
                "other": "It was lighter afterwards than I thought."}, ""),
    ("supporter", {"talked": "What helps when the voices are loud: music for you, company for me.",
                   "wishes": "You try the choir once. I read about it too."}, ""),
]  # fmt: skip
REFLECTIONS = ["Today I wanted to fix things. I noticed, and asked instead. Silence was hard and turned out well."]

#: Words of a check-in between the demo's supporter and supervisor.
RECORD = {
    "tasks": "Three meetings a week are fine. Writing things down afterwards takes long.",
    "process": "Spoke about saying no to driving somebody to an office. It felt unkind, and right.",
    "well": "The walks. Laughing again.",
}
AGENDA = {"agenda": "How to end a meeting when it is time, without being curt."}
PREPARATION = {
    "advised": "Once, about sleep. I noticed it on the way home.",
    "need": "An evening off, and to hear how others do it.",
}
ACTION = "Try a closing question, and tell next time how it went."
