using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authorization;

namespace AgentControl.Web.Access;

/// <summary>Decides by today's roles, not by those of the moment somebody signed in.</summary>
internal sealed class RoleHandler(CallerDirectory directory) : AuthorizationHandler<RoleRequirement>
{
    protected override async Task HandleRequirementAsync(
        AuthorizationHandlerContext context,
        RoleRequirement requirement
    )
    {
        if (context.User.ToCaller() is not { } known)
            return;
        var stop = (context.Resource as HttpContext)?.RequestAborted ?? CancellationToken.None;
        var caller = await directory.RefreshAsync(known, stop);
        if (caller is not null && Allows(caller, requirement.Least, context.Resource))
            context.Succeed(requirement);
    }

    private static bool Allows(Caller caller, Role least, object? resource) =>
        resource switch
        {
            string workspace => caller.Has(least, workspace),
            HttpContext http when http.Request.RouteValues["ws"] is string workspace => caller.Has(least, workspace),
            _ => least == Role.Admin ? caller.HasEverywhere(least) : caller.HasAnywhere(least),
        };
}
