using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace AgentControl.Web.Access;

/// <summary>Answers programs with 401 or 403 and the missing role; people are sent to sign in.</summary>
internal sealed class AccessResultHandler : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler pages = new();

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Succeeded || !AccessProblems.IsForPrograms(context))
            return pages.HandleAsync(next, context, policy, authorizeResult);
        return authorizeResult.Challenged
            ? AccessProblems.UnauthenticatedAsync(context)
            : AccessProblems.ForbiddenAsync(context, Least(policy));
    }

    private static Role? Least(AuthorizationPolicy policy) =>
        policy.Requirements.OfType<RoleRequirement>().Max(requirement => (Role?)requirement.Least);
}
