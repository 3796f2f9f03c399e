using AgentControl.Engine.Access;
using Hangfire.Dashboard;

namespace AgentControl.Web.Access;

/// <summary>Lets admins into Hangfire's dashboard, and nobody else: not even a request from this very machine.</summary>
internal sealed class HangfireAdminFilter : IDashboardAuthorizationFilter
{
    public bool Authorize(DashboardContext context) =>
        context.GetHttpContext().User.ToCaller()?.HasEverywhere(Role.Admin) == true;
}
