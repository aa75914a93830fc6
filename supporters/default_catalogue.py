"""The catalogue an installation starts with, in plain words of our own. Organizations edit all of it.

Source of the idea that people themselves say what makes somebody a peer: WHO QualityRights, One-to-one peer
support, section 2. Each entry: key, sort, name, help, one answer at most, and its options (key, name).
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Topic(NamedTuple):
    key: str
    kind: str
    name: Any
    help: Any
    one_answer: bool
    options: list[tuple[str, Any]]


CATALOGUE = [
    Topic(
        "spoken-language",
        "language",
        _("Languages"),
        _("Languages you can have a long talk in."),
        False,
        [
            ("en", _("English")),
            ("es", _("Spanish")),
            ("fr", _("French")),
            ("ar", _("Arabic")),
            ("sign", _("A sign language")),
            ("easy", _("Easy words and pictures")),
        ],
    ),
    Topic(
        "area",
        "area",
        _("Area"),
        _("Where you can meet face to face."),
        False,
        [
            ("north", _("North")),
            ("south", _("South")),
            ("east", _("East")),
            ("west", _("West")),
            ("centre", _("Centre")),
            ("country", _("In the country")),
        ],
    ),
    Topic(
        "lived-experience",
        "topic",
        _("Something lived through"),
        _("Things that happened, in plain words. No diagnosis is asked."),
        False,
        [
            ("voices", _("Hearing voices or seeing things others do not")),
            ("very-low", _("Times of deep sadness or emptiness")),
            ("very-high", _("Times of very high energy")),
            ("fear", _("Strong fear or panic")),
            ("not-wanting-to-live", _("Not wanting to live")),
            ("self-harm", _("Hurting oneself")),
            ("violence", _("Violence or abuse")),
            ("loss", _("Losing somebody close")),
            ("eating", _("A hard time with food and the body")),
            ("alcohol-drugs", _("Alcohol or other drugs")),
            ("memory", _("Changes in memory or thinking")),
            ("learning", _("Growing up with a learning difficulty")),
            ("autism", _("Being autistic or thinking differently")),
        ],
    ),
    Topic(
        "understanding",
        "view",
        _("How I understand what happened"),
        _("People explain the same thing in different ways. All of these are fine."),
        False,
        [
            ("life", _("A response to what happened in my life")),
            ("illness", _("An illness")),
            ("spiritual", _("Something spiritual")),
            ("difference", _("A way of being different")),
            ("society", _("A response to poverty, racism or other injustice")),
            ("many", _("Many things together")),
            ("open", _("I do not have a name for it")),
        ],
    ),
    Topic(
        "recovery",
        "view",
        _("What recovery means to me"),
        _("Recovery is each person's own."),
        False,
        [
            ("own-life", _("Leading the life I choose")),
            ("living-with", _("Living well with what is there")),
            ("leaving-behind", _("Leaving it behind")),
            ("belonging", _("Belonging and having people")),
            ("meaning", _("Finding meaning")),
            ("not-the-word", _("I do not use the word recovery")),
        ],
    ),
    Topic(
        "treatment",
        "view",
        _("How I see treatment"),
        _("What has helped or not helped. Nobody will try to change it."),
        False,
        [
            ("medication-helps", _("Medication helps or helped me")),
            ("without-medication", _("I live without medication, or would like to")),
            ("talking", _("Talking helps me")),
            ("own-ways", _("I found my own ways")),
            ("harmed", _("I was harmed by treatment")),
            ("mixed", _("Some of it helped, some did not")),
        ],
    ),
    Topic(
        "services",
        "topic",
        _("Time in services"),
        _("What somebody has been through in clinics, homes or with authorities."),
        False,
        [
            ("against-will", _("Kept or treated against one's will")),
            ("hospital", _("Staying in a hospital")),
            ("restraint", _("Being held down or locked in")),
            ("guardian", _("Others deciding under the law")),
            ("institution", _("Living in a home or institution")),
            ("no-services", _("Finding a way without services")),
        ],
    ),
    Topic(
        "life-situation",
        "topic",
        _("Situation in life"),
        _("What life is like now, or has been."),
        False,
        [
            ("parent", _("Being a parent")),
            ("young-carer", _("Caring for somebody in the family")),
            ("child-taken", _("Living apart from one's children")),
            ("studying", _("Studying")),
            ("working", _("Having a job")),
            ("no-work", _("Being out of work")),
            ("no-home", _("Being without a home")),
            ("little-money", _("Living with very little money")),
            ("prison", _("Having been in prison")),
            ("fled", _("Having had to flee")),
            ("migrated", _("Having moved from another country")),
        ],
    ),
    Topic(
        "gender",
        "who",
        _("Gender"),
        _("How people describe themselves."),
        False,
        [
            ("woman", _("Woman")),
            ("man", _("Man")),
            ("non-binary", _("Non-binary")),
            ("trans", _("Trans")),
            ("own-words", _("In my own words")),
        ],
    ),
    Topic(
        "age-group",
        "who",
        _("Age group"),
        _("Roughly how old."),
        True,
        [
            ("under-25", _("Under 25")),
            ("25-39", _("25 to 39")),
            ("40-59", _("40 to 59")),
            ("60-plus", _("60 or older")),
        ],
    ),
    Topic(
        "ethnicity",
        "who",
        _("Origin and community"),
        _("The communities people belong to. Each organization fits this list to where it is."),
        False,
        [
            ("african", _("African or of African descent")),
            ("arab", _("Arab")),
            ("asian", _("Asian")),
            ("european", _("European")),
            ("indigenous", _("Indigenous")),
            ("latin-american", _("Latin American")),
            ("roma", _("Roma, Sinti or Traveller")),
            ("mixed", _("More than one")),
        ],
    ),
    Topic(
        "faith",
        "who",
        _("Faith or belief"),
        _("What people believe, or do not."),
        False,
        [
            ("buddhist", _("Buddhist")),
            ("christian", _("Christian")),
            ("hindu", _("Hindu")),
            ("jewish", _("Jewish")),
            ("muslim", _("Muslim")),
            ("sikh", _("Sikh")),
            ("spiritual", _("Spiritual, in my own way")),
            ("none", _("No faith")),
        ],
    ),
    Topic(
        "lgbtiq",
        "who",
        _("LGBTIQ community"),
        _("Only if somebody wants to tell."),
        False,
        [
            ("lgbtiq", _("Part of the LGBTIQ community")),
            ("ally", _("Not part of it, and at ease with it")),
        ],
    ),
    Topic(
        "disability",
        "who",
        _("Disability"),
        _("Only if somebody wants to tell."),
        False,
        [
            ("deaf", _("Deaf or hard of hearing")),
            ("blind", _("Blind or partly sighted")),
            ("mobility", _("Uses a wheelchair or walks with difficulty")),
            ("chronic", _("Long-lasting illness or pain")),
            ("learning", _("Learning disability")),
        ],
    ),
    Topic(
        "interests",
        "view",
        _("Things I enjoy"),
        _("Sometimes this matters most."),
        False,
        [
            ("outdoors", _("Being outdoors")),
            ("music", _("Music")),
            ("arts", _("Making things")),
            ("cooking", _("Cooking")),
            ("sport", _("Sport and moving")),
            ("games", _("Games")),
            ("reading", _("Reading and stories")),
            ("animals", _("Animals")),
            ("rights", _("Standing up for rights")),
        ],
    ),
]

#: Ages that the options of "age-group" stand for (from, to; None: no upper end), for imports.
AGE_BANDS = [(0, 24, "under-25"), (25, 39, "25-39"), (40, 59, "40-59"), (60, None, "60-plus")]

#: Other words for options that spreadsheets use, for imports only.
SYNONYMS = {
    "gender": {
        "woman": ["female", "f", "w", "mujer", "femme", "امرأة", "أنثى", "cis female", "cis woman", "femenino"],
        "man": ["male", "m", "hombre", "homme", "رجل", "ذكر", "cis male", "cis man", "masculino"],
        "non-binary": ["nonbinary", "enby", "genderqueer", "no binario", "non binaire", "agender"],
        "trans": ["transgender", "trans woman", "trans man", "trans female", "trans male"],
    },
    "spoken-language": {
        "en": ["english", "inglés", "anglais"],
        "es": ["spanish", "español", "castellano", "espagnol"],
        "fr": ["french", "français", "francés"],
        "ar": ["arabic", "árabe", "arabe", "عربي"],
    },
}
