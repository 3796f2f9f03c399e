using AgentControl.Engine.Access;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Access;

/// <summary>The answers to programs that are not let in.</summary>
internal static class AccessProblems
{
    // Programs read problem details; everything else is a page that a person may be sent to.
    private static readonly string[] _programs = ["/api", "/hubs", McpSetup.Path, "/openapi", "/metrics", "/_blazor"];

    public static bool IsForPrograms(HttpContext context) =>
        AccessSchemes.KeyOf(context.Request) is not null
        || _programs.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    public static Task UnauthenticatedAsync(HttpContext context)
    {
        var wasKeyed = AccessSchemes.KeyOf(context.Request) is not null;
        context.Response.Headers.WWWAuthenticate = context.Request.Path.StartsWithSegments(
            McpSetup.Path,
            StringComparison.OrdinalIgnoreCase
        )
            ? ResourceMetadata.Challenge(context, wasKeyed)
            : "Bearer";
        var detail = !wasKeyed
            ? "Sign in, or send an API key: Authorization: Bearer ac_…"
            : "This API key is unknown, expired or revoked. Ask an admin for a new one.";
        return Problem(StatusCodes.Status401Unauthorized, "unauthenticated", "Not signed in", detail)
            .ExecuteAsync(context);
    }

    /// <param name="least">The role that is missing, where it is known.</param>
    public static Task ForbiddenAsync(HttpContext context, Role? least) =>
        Forbidden(least is null ? "Your role does not include this. Ask an admin to grant it." : Needs(least.Value))
            .ExecuteAsync(context);

    public static string Needs(Role least) => $"Needs the {least} role. Ask an admin to grant it.";

    public static ProblemHttpResult Forbidden(string detail) =>
        Problem(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", detail);

    public static ProblemHttpResult CrossOrigin() =>
        Problem(
            StatusCodes.Status403Forbidden,
            "crossOrigin",
            "Not allowed",
            "A page of another origin sent this request. Open the program's own pages, or send an API key. "
                + "Behind a proxy, set AgentControl:PublicUrl to the address that people open."
        );

    private static ProblemHttpResult Problem(int status, string code, string title, string detail) =>
        TypedResults.Problem(
            detail,
            statusCode: status,
            title: title,
            extensions: [new KeyValuePair<string, object?>("code", code)]
        );
}
