from django.urls import path

from peersupport.reports import views

urlpatterns = [path("numbers/", views.Numbers.as_view(), name="numbers")]
