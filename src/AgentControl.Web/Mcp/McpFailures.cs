using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol;

namespace AgentControl.Web.Mcp;

/// <summary>Problems as errors of the protocol, for what is no tool.</summary>
internal static class McpFailures
{
    private const string InvalidParamsSince = "2026-07-28";

    public static async ValueTask<T> GuardAsync<T>(
        IServiceProvider services,
        string method,
        Func<Task<T>> work,
        CancellationToken stop
    )
    {
        try
        {
            return await work();
        }
        catch (Exception problem) when (problem is not McpException && !stop.IsCancellationRequested)
        {
            throw Of(services.GetRequiredService<ExceptionProblems>().Of(problem, "MCP", method), null);
        }
    }

    public static McpProtocolException Of(ProblemHttpResult problem, string? version) =>
        new(
            ToolAnswers.Sentence(problem),
            problem.StatusCode switch
            {
                StatusCodes.Status404NotFound => Missing(version),
                StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge => McpErrorCode.InvalidParams,
                StatusCodes.Status403Forbidden => McpErrorCode.InvalidRequest,
                _ => McpErrorCode.InternalError,
            }
        );

    /// <summary>What a client of this version expects for a thing that is not there.</summary>
    public static McpErrorCode Missing(string? version) =>
        string.CompareOrdinal(version, InvalidParamsSince) >= 0
            ? McpErrorCode.InvalidParams
            : McpErrorCode.ResourceNotFound;
}
