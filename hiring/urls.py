"""Addresses of hiring."""

from django.urls import path

from hiring.views import jobs, panels, public, vacancies

urlpatterns = [
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/questions/", jobs.Questions.as_view(), name="questions-bank"),
    path("jobs/questions/new/", jobs.EditQuestion.as_view(), name="add-question"),
    path("jobs/questions/<uuid:pk>/", jobs.EditQuestion.as_view(), name="edit-question"),
    path("jobs/<uuid:pk>/", jobs.Job.as_view(), name="job"),
    path("jobs/<uuid:pk>/write/<str:language>/", jobs.WriteJob.as_view(), name="write-job"),
    path("jobs/<uuid:pk>/versions/<int:number>/", jobs.Version.as_view(), name="job-version"),
    path("vacancies/", vacancies.Vacancies.as_view(), name="vacancies"),
    path("vacancies/<uuid:pk>/", vacancies.TheVacancy.as_view(), name="vacancy"),
    path("vacancies/<uuid:pk>/prepare/", vacancies.Prepare.as_view(), name="prepare-vacancy"),
    path("vacancies/<uuid:pk>/ask/", vacancies.ChooseQuestions.as_view(), name="choose-questions"),
    path("vacancies/<uuid:pk>/extend/", vacancies.Extend.as_view(), name="extend-vacancy"),
    path("vacancies/<uuid:pk>/cancel/", vacancies.Cancel.as_view(), name="cancel-vacancy"),
    path("vacancies/<uuid:pk>/panel/", vacancies.AddMember.as_view(), name="add-member"),
    path("vacancies/<uuid:pk>/candidates/", vacancies.Candidates.as_view(), name="candidates"),
    path("vacancies/<uuid:pk>/history/", vacancies.History.as_view(), name="vacancy-history"),
    path("vacancies/members/<uuid:pk>/remove/", vacancies.RemoveMember.as_view(), name="remove-member"),
    path("vacancies/members/<uuid:pk>/chair/", vacancies.Chair.as_view(), name="chair-panel"),
    path("vacancies/candidates/<uuid:pk>/", vacancies.Candidate.as_view(), name="candidate"),
    path("vacancies/candidates/<uuid:pk>/decide/", vacancies.Decide.as_view(), name="decide"),
    path("vacancies/candidates/<uuid:pk>/offer/", vacancies.MakeOffer.as_view(), name="make-offer"),
    path("vacancies/scorecards/<uuid:pk>/reopen/", vacancies.ReopenCard.as_view(), name="reopen-scorecard"),
    path("panels/", panels.Panels.as_view(), name="panels"),
    path("panels/<uuid:pk>/", panels.ThePanel.as_view(), name="panel"),
    path("panels/<uuid:pk>/read/<str:box>/", panels.ByQuestion.as_view(), name="by-question"),
    path("panels/candidates/<uuid:pk>/", panels.Read.as_view(), name="read-application"),
    path("panels/candidates/<uuid:pk>/score/", panels.ScoreOne.as_view(), name="score"),
    path("panels/candidates/<uuid:pk>/cannot/", panels.CanNotScore.as_view(), name="can-not-score"),
    path("panels/candidates/<uuid:pk>/below/", panels.GoBelow.as_view(), name="go-below"),
    path("work-with-us/", public.Open.as_view(), name="work-with-us"),
    path("work-with-us/<uuid:pk>/", public.OpenOne.as_view(), name="open-vacancy"),
    path("a/<str:token>/", public.TheApplication.as_view(), name="application"),
    path("a/<str:token>/withdraw/", public.Withdraw.as_view(), name="withdraw-application"),
    path("a/<str:token>/yes/", public.Answer.as_view(), name="answer-offer"),
    path("a/<str:token>/no/", public.Decline.as_view(), name="decline-offer"),
]
