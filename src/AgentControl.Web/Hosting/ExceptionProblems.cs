using System.Diagnostics;
using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Hosting;

/// <summary>Exceptions as the problems that programs are told; what nobody expected is logged under an id.</summary>
internal sealed class ExceptionProblems(ILogger<ExceptionProblems> logger)
{
    public ProblemHttpResult Of(Exception exception, string method, string path) =>
        exception switch
        {
            ProblemException known => known.Problem,
            AccessDeniedException denied => AccessProblems.Forbidden(denied.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.TooLarge(
                "body",
                "The request's body is too large."
            ),
            BadHttpRequestException bad => Problems.Of(bad.StatusCode, Problems.Invalid, "Not valid", bad.Message),
            _ when ProblemMapping.IsDatabaseAway(exception) => Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "databaseUnavailable",
                "Not available",
                "The database does not answer. Nothing was changed; try again in a few seconds."
            ),
            _ => Unexpected(exception, method, path),
        };

    private ProblemHttpResult Unexpected(Exception exception, string method, string path)
    {
        var errorId = Activity.Current?.TraceId.ToString() ?? ActivityTraceId.CreateRandom().ToString();
        Log.RequestFailed(logger, method, path, errorId, exception);
        return Problems.Of(
            StatusCodes.Status500InternalServerError,
            "internal",
            "Something failed",
            $"The program could not answer. Its log tells why under {errorId}.",
            ("errorId", errorId)
        );
    }
}
