from django.urls import path, re_path

from reporting.views import decision, desk, home, projects, reports

urlpatterns = [
    path("", home.home, name="home"),
    path("programmes/<slug:code>/", home.programme, name="programme"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<slug:number>/", projects.project, name="project"),
    path("desk/<slug:programme>/", desk.desk, name="desk"),
    path("desk/<slug:programme>/projects/", desk.desk_projects, name="desk_projects"),
    path("desk/<slug:programme>/reports/", reports.reports, name="reports"),
    path("desk/<slug:programme>/reports/<int:pk>/", reports.report, name="report"),
    path("desk/<slug:programme>/reports/<int:pk>/file/", reports.report_file, name="report_file"),
    path("desk/<slug:programme>/reports/<int:pk>/cancel/", reports.cancel, name="cancel_report"),
    re_path(
        r"^desk/(?P<programme>[-a-z0-9_]+)/figures\.(?P<format>xlsx|csv|json)$",
        reports.figures_file,
        name="figures_file",
    ),
    path("desk/<slug:programme>/proposals/<slug:number>/decide/", decision.decide, name="decide_proposal"),
]
