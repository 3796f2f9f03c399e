using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Web.Hosting;

/// <summary>Turns what went wrong in a program's request into problem details; pages have their own error panel.</summary>
internal sealed class ProblemMapping(ExceptionProblems problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (!IsForPrograms(httpContext.Request.Path) || exception is AccessDeniedException)
            return false;
        var problem = problems.Of(exception, httpContext.Request.Method, httpContext.Request.Path);
        if (problem.StatusCode == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "5";
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>Routes and methods that do not exist answer programs with a problem too.</summary>
    public static Task AnswerStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (!IsForPrograms(http.Request.Path))
            return Task.CompletedTask;
        var problem = http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problems.Of(
                404,
                Problems.NotFoundCode,
                "Not found",
                "There is no such route. /openapi/v1.json lists them."
            ),
            StatusCodes.Status405MethodNotAllowed => Problems.Of(
                405,
                "methodNotAllowed",
                "Not allowed",
                $"This route does not take {http.Request.Method}."
            ),
            StatusCodes.Status415UnsupportedMediaType => Problems.Of(
                415,
                "mediaType",
                "Not supported",
                "Send application/json."
            ),
            var other => Problems.Of(other, "status" + other, "Not possible", "The request could not be met."),
        };
        return problem.ExecuteAsync(http);
    }

    private static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/mcp", StringComparison.OrdinalIgnoreCase);

    public static bool IsDatabaseAway(Exception exception) =>
        exception switch
        {
            PostgresException postgres => postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
                || postgres.SqlState == "53300",
            NpgsqlException { InnerException: IOException or TimeoutException or System.Net.Sockets.SocketException } =>
                true,
            InvalidOperationException or DbUpdateException when exception.InnerException is { } inner => IsDatabaseAway(
                inner
            ),
            _ => false,
        };
}
