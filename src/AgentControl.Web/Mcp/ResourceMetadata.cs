using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Mcp;

/// <summary>What a client is told that asks how to sign in (RFC 9728): keys in the Authorization header. No authorization server is named, since none makes them.</summary>
internal static class ResourceMetadata
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    public static void MapResourceMetadata(this IEndpointRouteBuilder routes)
    {
        // For the program as a whole, and for the address that the resource's own path gives.
        foreach (var path in new[] { WellKnown, WellKnown + McpSetup.Path })
            routes.MapGet(path, (HttpContext context) => Answer(context)).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The challenge of a request that is not signed in.</summary>
    public static string Challenge(HttpContext context, bool wasKeyed) =>
        $"Bearer resource_metadata=\"{Origin(context)}{WellKnown}{McpSetup.Path}\""
        + (
            wasKeyed
                ? ", error=\"invalid_token\", error_description=\"The API key is unknown, expired or revoked\""
                : ""
        );

    private static Ok<Dictionary<string, object>> Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["resource"] = Origin(context) + McpSetup.Path,
                ["resource_name"] = "AgentControl",
                ["bearer_methods_supported"] = new[] { "header" },
                ["resource_documentation"] = Origin(context) + "/settings/keys",
            }
        );
    }

    /// <summary>The address that people open, where it is configured; else the one of this request, which is the one that the client knows.</summary>
    private static string Origin(HttpContext context) =>
        SameOriginGuard.Origin(context.RequestServices.GetRequiredService<IConfiguration>()["AgentControl:PublicUrl"])
        ?? $"{context.Request.Scheme}://{context.Request.Host}";
}
