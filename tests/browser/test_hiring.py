"""Fair hiring in a real browser: from a job description to the first check-in, with a candidate who has no account."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from hiring.models import Application, InterviewQuestion, JobDescription, PanelMember, Vacancy
from hiring.workflows.applying import token_of
from peersupport.accounts.models import User
from peersupport.notifications import outbox
from supporters.models import Supporter
from supporters.supervision import workflows as supervision
from supporters.supervision.models import CheckIn
from tests.browser.test_notes import WAYS
from tests.hiring.files import pdf


def day(ahead):
    return f"{timezone.localdate() + timedelta(days=ahead):%Y-%m-%d}"


def scores(visitor, application, level):
    visitor.open(reverse("read-application", args=[application.pk]))
    visitor.look()
    assert "Zanzibarina" not in visitor.page.inner_text("main"), "names are hidden while shortlisting"
    visitor.follow(reverse("score", args=[application.pk]))
    visitor.look()
    for criterion in application.vacancy.criteria.all():
        visitor.tick(f"level_{criterion.pk}", level)
    visitor.press("main form button[name=keep]")
    visitor.look()
    visitor.press("main form.stack button.button:not([name])")
    visitor.look()


@pytest.mark.parametrize(("width", "script", "language"), WAYS)
def test_from_a_job_description_to_the_first_check_in(width, script, language, visit, world):
    how = {"width": width, "script": script, "language": language}
    peer, supervisor = world.user(name="Bo"), world.user("supervisor", name="Juno")
    supervision.state_basis(by=supervisor, worked_as_peer=True, trained=False, outside=False)
    User.objects.filter(pk__in=[peer.pk, supervisor.pk, world.coordinator.pk]).update(language=language)

    # The coordinator writes the job down, keeps a version and prepares a vacancy.
    staff = visit(world.coordinator, **how)
    staff.open(reverse("jobs"))
    staff.look()
    staff.press()
    staff.look()
    job = JobDescription.objects.get()
    staff.follow(reverse("write-job", args=[job.pk, language]))
    staff.look()
    staff.page.fill("main [name=contract]", "2")
    staff.page.fill("main [name=hours]", "20")
    staff.press("main form.stack button.button:not([name])")
    staff.look()
    staff.press("main .actions form button")
    staff.look()
    staff.open(reverse("questions-bank"))
    staff.press("main .actions form button")
    staff.look()
    staff.open(reverse("vacancies"))
    staff.look()
    staff.press("main button[name=version]")
    staff.look()
    vacancy = Vacancy.objects.get()
    staff.follow(reverse("prepare-vacancy", args=[vacancy.pk]))
    staff.look()
    staff.tick("paid", "yes")
    for name, words in {
        "rate": "20",
        "beside": "20",
        "benefits": "Worked out",
        "imbalance": "Talked about",
        "close_day": day(9),
        "close_time": "17:00",
    }.items():
        staff.page.fill(f"main [name={name}]", words)
    staff.press("main form.stack button.button:not([name])")
    staff.look()
    staff.follow(reverse("choose-questions", args=[vacancy.pk]))
    staff.look()
    for question in InterviewQuestion.objects.all()[:2]:
        staff.page.select_option(f"main [name='{question.pk}']", "2")
    staff.press("main form.stack button.button:not([name])")
    staff.look()
    for email in (peer.email, "outside@peers.example"):
        staff.open(reverse("add-member", args=[vacancy.pk]))
        staff.look()
        staff.page.fill("main [name=email]", email)
        staff.press("main form.stack button.button:not([name])")
        staff.look()
    assert "/invited/" not in staff.page.content(), "whoever invites never sees the link"
    outbox.deliver_batch()
    links = {sent.to[0]: found.group() for sent in mail.outbox if (found := re.search(r"/invited/[^\s]+", sent.body))}

    # Somebody from outside comes by the link, and makes an account for this panel alone.
    outsider = visit(**how)
    outsider.open(links["outside@peers.example"])
    outsider.look()
    assert outsider.page.input_value("main [name=email]") == "outside@peers.example", (
        "the invitation is for this address alone"
    )
    for name, words in {"name": "Cy", "password": "the-heron-waits-42"}.items():
        outsider.page.fill(f"main [name={name}]", words)
    outsider.press("main form.stack button.button:not([name])")
    outsider.look()
    other = User.objects.get(email="outside@peers.example")
    User.objects.filter(pk=other.pk).update(language=language)

    # Each member says whether they are a peer; then it opens.
    members = [visit(peer, **how), outsider]
    members[0].open(links[peer.email])
    members[0].look()
    members[0].press("main form button.button")
    for visitor, said in zip(members, ("yes", "no"), strict=True):
        visitor.open(reverse("panels"))
        visitor.look()
        visitor.follow(reverse("panel", args=[vacancy.pk]))
        visitor.look()
        visitor.press(f"main button[name=peer][value={said}]")
        visitor.look()
    assert PanelMember.objects.filter(is_peer=True).count() == 1
    staff.open(reverse("vacancy", args=[vacancy.pk]))
    staff.press("main button[value=open]")
    staff.look()

    # Somebody without an account applies, makes a mistake, keeps it, comes back, sends it.
    candidate = visit(**how)
    candidate.open(reverse("work-with-us"))
    candidate.look()
    candidate.follow(reverse("open-vacancy", args=[vacancy.pk]))
    candidate.look()
    candidate.press("main form button.button")
    candidate.look()
    candidate.page.fill("main [name=relevance]", "I know how to wait with somebody.")
    if script:
        candidate.page.locator("[data-kept-here]:not(:empty)").wait_for(timeout=15_000)
        assert Application.objects.get().relevance == "I know how to wait with somebody.", "kept while they type"
    candidate.press("main .actions button[name=keep]")
    candidate.look()
    application = Application.objects.select_related("vacancy").get()
    candidate.open(reverse("application", args=[token_of(application)]))
    assert candidate.page.input_value("main [name=relevance]") == "I know how to wait with somebody."
    for content in (pdf(b"<< /S /Launch >>"), pdf()):  # the first could act by itself, and is refused
        file = {"name": "Zanzibarina.pdf", "mimeType": "application/pdf", "buffer": content}
        candidate.page.set_input_files("main [name=file]", files=[file])
        candidate.press("main button[name=attach]")
        candidate.look()
    assert application.attachments.count() == 1
    candidate.page.fill("main [name=name]", "Zanzibarina")
    candidate.page.fill("main [name=email]", "zanzibarina@peers.example")
    candidate.press("main form.stack button.button:not([name])")
    candidate.look()
    assert candidate.page.locator("main [name=lived]").count(), "what is missing is said, and the form is still there"
    candidate.tick("lived")
    candidate.press("main form.stack button.button:not([name])")
    candidate.look()
    application.refresh_from_db()
    assert application.state == "sent"

    # The panel scores, each alone; nothing shows before both are in.
    staff.open(reverse("vacancy", args=[vacancy.pk]))
    staff.press("main button[value=close]")
    staff.look()
    scores(members[0], application, "4")
    staff.open(reverse("candidate", args=[application.pk]))
    staff.look()
    assert staff.page.locator("main svg circle").count() == 0, "sealed"
    scores(members[1], application, "3")
    members[0].open(reverse("read-application", args=[application.pk]))
    members[0].look()
    assert members[0].page.locator("main svg circle").count() == 4
    staff.open(reverse("candidate", args=[application.pk]))
    staff.look()
    staff.press("main form.actions button")
    staff.look()
    members[0].open(reverse("read-application", args=[application.pk]))
    members[0].look()
    with members[0].page.expect_download() as handed:
        members[0].page.click(f"main a[href='{reverse('read-file', args=[application.attachments.get().pk])}']")
    assert handed.value.suggested_filename == "1-1.pdf", "no name, whatever the file was called"
    staff.open(reverse("candidate", args=[application.pk]))
    staff.follow(reverse("decide", args=[application.pk]))
    staff.look()
    staff.tick("outcome", "appoint")
    staff.page.fill("main [name=reasons]", "Both heard how she waits with people.")
    staff.page.fill("main [name=feedback]", "You showed us how you wait with people.")
    staff.press("main form.stack button.button:not([name])")
    staff.look()
    staff.follow(reverse("make-offer", args=[application.pk]))
    staff.look()
    for name, ahead in {"starts_on": 30, "answer_by": 9, "day": 31}.items():
        staff.page.fill(f"main [name={name}]", day(ahead))
    staff.page.fill("main [name=time]", "10:00")
    staff.tick("supervisor", str(supervisor.pk))
    staff.press("main form.stack button.button:not([name])")
    staff.look()

    # A yes begins everything at once.
    candidate.open(reverse("application", args=[token_of(application)]))
    candidate.look()
    candidate.follow(reverse("answer-offer", args=[token_of(application)]))
    candidate.look()
    candidate.page.fill("main [name=password]", "the-heron-waits-42")
    candidate.press("main form.stack button.button:not([name])")
    candidate.look()
    user = User.objects.get(email="zanzibarina@peers.example")
    assert Supporter.objects.get(user=user).state == "training"
    assert CheckIn.objects.get().supervision.supervisor == supervisor
    helps = visit(supervisor, **how)
    helps.open(reverse("one-supervision", args=[CheckIn.objects.get().supervision_id]))
    helps.look()
    candidate.open(reverse("training"))
    candidate.look()
    staff.open(reverse("vacancy-history", args=[vacancy.pk]))
    staff.look()
    assert "Zanzibarina" not in staff.page.inner_text("main")
    staff.open(reverse("vacancy", args=[vacancy.pk]))
    staff.press("main button[value=finish]")
    staff.look()
    members[0].open(reverse("home"))
    members[0].look()
    assert members[0].page.locator(f"a[href='{reverse('panels')}']").count() == 0, "rights end with the vacancy"
