using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Diagnostics;

namespace AgentControl.Web.Access;

/// <summary>Turns a command's refusal into 403.</summary>
internal sealed class AccessDeniedHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (exception is not AccessDeniedException denied)
            return false;
        await AccessProblems.Forbidden(denied.Message).ExecuteAsync(httpContext);
        return true;
    }
}
