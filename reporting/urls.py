from django.urls import path, re_path

from reporting.views import (
    audit,
    control,
    decision,
    desk,
    desk_organisations,
    desk_projects,
    desk_search,
    home,
    projects,
    reports,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("programmes/<slug:code>/", home.programme, name="programme"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<slug:number>/", projects.project, name="project"),
    path("desk/<slug:programme>/", desk.desk, name="desk"),
    path("desk/<slug:programme>/search/", desk_search.search, name="desk_search"),
    path("desk/<slug:programme>/control/", control.projects, name="control"),
    path("desk/<slug:programme>/control/<slug:number>/", control.project, name="controlled_project"),
    path("desk/<slug:programme>/organisations/", desk_organisations.organisations, name="desk_organisations"),
    path(
        "desk/<slug:programme>/organisations/<int:pk>/",
        desk_organisations.organisation,
        name="desk_organisation",
    ),
    path("desk/<slug:programme>/projects/", desk_projects.projects, name="desk_projects"),
    path("desk/<slug:programme>/projects/<slug:number>/", desk_projects.project, name="desk_project"),
    path(
        "desk/<slug:programme>/projects/<slug:number>/step/<slug:verb>/",
        desk_projects.move,
        name="move_project",
    ),
    path("desk/<slug:programme>/products/", desk_projects.products, name="desk_products"),
    path("desk/<slug:programme>/products/<int:pk>/stage/", desk_projects.stage, name="product_stage"),
    path("desk/<slug:programme>/audit/", audit.audit_trail, name="audit_trail"),
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
