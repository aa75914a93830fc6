"""Plainly fictional people in three languages of names, and their words. Written for this product."""

FIRST = {
    "en": [
        "Robin Example",
        "Alex Sample",
        "Sam Fictive",
        "Jo Invented",
        "Kim Madeup",
        "Chris Pretend",
        "Pat Story",
        "Lee Imagine",
        "Max Fable",
        "Toni Novel",
        "Nic Legend",
        "Ash Fiction",
    ],
    "es": [
        "Lucía Ejemplo",
        "Mateo Muestra",
        "Inés Ficción",
        "Pablo Cuento",
        "Elena Inventada",
        "Diego Fábula",
        "Carmen Relato",
        "Hugo Novela",
        "Marta Leyenda",
        "Iván Historia",
    ],
    "ar": ["سلمى مثال", "كريم خيال", "ليلى حكاية", "يوسف رواية", "هند قصة", "طارق نموذج", "مريم أسطورة", "سامي عيّنة"],
}

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
    (
        "supporter",
        {
            "talked": "The letter from the housing office, and how long a Sunday can be.",
            "strength": "Walking to the harbour and back without planning it.",
            "wishes": "You ring the office on Monday. I come along if you want me to.",
        },
        "I rang. They were kind this time.",
    ),
    (
        "person",
        {
            "talked": "I told you about the night in May. I had not told anyone.",
            "other": "It was lighter afterwards than I thought.",
        },
        "",
    ),
    (
        "supporter",
        {
            "talked": "What helps when the voices are loud: music for you, company for me.",
            "wishes": "You try the choir once. I read about it too.",
        },
        "",
    ),
]
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

#: Fictional candidates: a name, why, and how their experience could be useful.
CANDIDATES = [
    (
        "Ilva",
        "I was helped by somebody who had been there. I would like to be that for others.",
        "I know how long a night can be, and that company helps more than advice.",
    ),
    ("Tarek", "Because nobody told me that I decide.", "I can sit with somebody who has no hope without taking over."),
    (
        "Wren",
        "I like people, and I have time.",
        "I learned to ask for what I need, and can stand beside somebody who learns it.",
    ),
    ("Odile", "A friend said I would be good at it.", "I know offices, forms and waiting rooms from the other side."),
    (
        "Paz",
        "I want work that makes sense.",
        "I speak two languages and know what it is like when nobody speaks yours.",
    ),
    (
        "Mirek",
        "I lost years. I would like to make something of them.",
        "I know what it means when somebody keeps their word.",
    ),
    ("Senna", "It fits beside my studies.", "I grew up with it. I know what helps a family, and what does not."),
    ("Bo", "I have led a choir for years, with people of all kinds.", "I can listen for the one who says nothing."),
    ("Aliya", "I would like to give something back.", "I know how it is to be spoken about, and not with."),
]
JOB = {
    "contract": "Paid, for two years to begin with, with the same leave as all staff",
    "hours": "12 hours a week, when suits you",
}
BENEFITS = "Worked out with an adviser: up to 12 hours a week change nothing. You get the sheet before you answer."
IMBALANCE = "It is talked about in the first meeting, and again in supervision: one of two is paid, and both give."
HEARD = [
    "Spoke of what others should do.",
    "Knew the words, without an example.",
    "Told of a time they waited, and asked.",
    "Told how somebody found their own way, and what they themselves left out.",
]
POTENTIAL = "Listens. Has not led a group before, and would like to."
REASONS = {
    "appoint": "Both heard how they wait and ask instead of advising.",
    "reserve": "At the bar in every question; two others were clearer.",
    "not_this_time": "Below the bar in three of four questions, by both.",
}
FEEDBACK = {
    "appoint": "You showed how to stay without taking over. We would like to work with you.",
    "reserve": "We would have liked to work with you too. You stay on our list for a year.",
    "not_this_time": "Thank you for your trust. We missed examples of how you stand beside somebody. Our open evenings are a good place for it.",
}
