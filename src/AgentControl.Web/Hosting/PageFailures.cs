using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Diagnostics;

namespace AgentControl.Web.Hosting;

/// <summary>A browser whose page could not be made at all, as while the database is away, is told what failed, the error's id, and how to try again.</summary>
internal sealed class PageFailures(ILogger<PageFailures> logger, ILoggerFactory logs, IServiceScopeFactory scopes)
    : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        var request = httpContext.Request;
        if (exception is AccessDeniedException || !request.Headers.Accept.ToString().Contains("text/html"))
            return false;
        var away = ProblemMapping.IsDatabaseAway(exception);
        var id = LoadFailure.Next().Id;
        Log.RequestFailed(logger, request.Method, request.Path, id, exception);
        var text =
            (away ? "The database does not answer." : "Something failed.")
            + (
                HttpMethods.IsPost(request.Method)
                    ? " Open the page again to see whether what you sent was stored."
                    : ""
            );
        var html = await RenderAsync(text, id, request.Path + request.QueryString);
        var response = httpContext.Response;
        response.StatusCode = away ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (away)
            response.Headers.RetryAfter = "5";
        await response.WriteAsync(html, cancellationToken);
        return true;
    }

    // In a scope of its own: the request's may hold whatever failed.
    private async Task<string> RenderAsync(string text, string id, string address)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logs);
        var parameters = ParameterView.FromDictionary(
            new Dictionary<string, object?>
            {
                [nameof(FailedPage.Text)] = text,
                [nameof(FailedPage.ErrorId)] = id,
                [nameof(FailedPage.Address)] = address,
            }
        );
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<FailedPage>(parameters)).ToHtmlString()
        );
    }
}
