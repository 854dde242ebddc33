from django.urls import path

from reporting.views import decision, desk, projects

urlpatterns = [
    path("projects/", projects.projects, name="projects"),
    path("projects/<slug:number>/", projects.project, name="project"),
    path("desk/<slug:programme>/", desk.desk, name="desk"),
    path("desk/<slug:programme>/projects/", desk.desk_projects, name="desk_projects"),
    path("desk/<slug:programme>/report.pdf", desk.report_as_pdf, name="report_pdf"),
    path("desk/<slug:programme>/report.json", desk.report_as_json, name="report_json"),
    path("desk/<slug:programme>/proposals/<slug:number>/decide/", decision.decide, name="decide_proposal"),
]
