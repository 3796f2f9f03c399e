using System.Diagnostics;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Web.Hosting;

/// <summary>Turns what went wrong in a program's request into problem details; pages have their own error panel.</summary>
internal sealed class ProblemMapping(ILogger<ProblemMapping> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (!IsForPrograms(httpContext.Request.Path) || exception is AccessDeniedException)
            return false;
        var problem = exception switch
        {
            ProblemException known => known.Problem,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.TooLarge(
                "body",
                "The request's body is too large."
            ),
            BadHttpRequestException bad => Problems.Of(bad.StatusCode, Problems.Invalid, "Not valid", bad.Message),
            _ when IsDatabaseAway(exception) => Away(httpContext),
            _ => null,
        };
        if (problem is null)
        {
            var errorId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
            Log.RequestFailed(logger, httpContext.Request.Method, httpContext.Request.Path, errorId, exception);
            problem = Problems.Of(
                StatusCodes.Status500InternalServerError,
                "internal",
                "Something failed",
                $"The program could not answer. Its log tells why under {errorId}.",
                ("errorId", errorId)
            );
        }
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
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

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

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Away(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return Problems.Of(
            StatusCodes.Status503ServiceUnavailable,
            "databaseUnavailable",
            "Not available",
            "The database does not answer. Nothing was changed; try again in a few seconds."
        );
    }
}
