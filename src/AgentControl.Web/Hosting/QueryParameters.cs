using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AgentControl.Web.Hosting;

/// <summary>The query parameters that a route takes: documented, and others refused, so that a typing error never widens a list.</summary>
internal sealed record QueryParameters(IReadOnlyList<(string Name, string What)> All)
{
    public static readonly (string Name, string What)[] Paging =
    [
        ("limit", "How many items, 1 to 200; 50 if left out"),
        ("cursor", "nextCursor of the page before"),
    ];
}

internal static class QueryParametersExtensions
{
    public static RouteHandlerBuilder Takes(
        this RouteHandlerBuilder route,
        params (string Name, string What)[] parameters
    )
    {
        route.WithMetadata(new QueryParameters(parameters));
        route.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                operation.Parameters ??= [];
                foreach (var (name, what) in parameters)
                {
                    operation.Parameters.Add(
                        new OpenApiParameter
                        {
                            Name = name,
                            In = ParameterLocation.Query,
                            Description = what,
                            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                        }
                    );
                }
                return Task.CompletedTask;
            }
        );
        return route.AddEndpointFilter(RefuseUnknownAsync);
    }

    public static RouteHandlerBuilder TakesPages(
        this RouteHandlerBuilder route,
        params (string Name, string What)[] parameters
    ) => route.Takes([.. parameters, .. QueryParameters.Paging]);

    private static async ValueTask<object?> RefuseUnknownAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        var known = http.GetEndpoint()!
            .Metadata.GetRequiredMetadata<QueryParameters>()
            .All.Select(p => p.Name)
            .ToList();
        var unknown = http.Request.Query.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase));
        return unknown is null
            ? await next(context)
            : Problems.BadField(
                unknown,
                known.Count == 0
                    ? "Unknown parameter. Remove it: this route takes none."
                    : $"Unknown parameter. Remove it, or use one of: {string.Join(", ", known)}."
            );
    }
}
