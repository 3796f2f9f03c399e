using AgentControl.Core.Json;
using AgentControl.Web.Access;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace AgentControl.Web.Hosting;

/// <summary>The API's description at <c>/openapi/v1.json</c>, and pages to read it at <c>/scalar</c>.</summary>
internal static class OpenApiSetup
{
    private const string Document = "v1";

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            Document,
            options =>
            {
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new OpenApiInfo
                        {
                            Title = "AgentControl",
                            Version = Document,
                            Description =
                                "Durable agent jobs: submit, watch, decide. Send an API key as Authorization: Bearer ac_….",
                        };
                        document.Components ??= new OpenApiComponents();
                        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(
                            StringComparer.Ordinal
                        );
                        document.Components.SecuritySchemes["apiKey"] = new OpenApiSecurityScheme
                        {
                            Type = SecuritySchemeType.Http,
                            Scheme = "bearer",
                        };
                        document.Security =
                        [
                            new OpenApiSecurityRequirement
                            {
                                [new OpenApiSecuritySchemeReference("apiKey", document)] = [],
                            },
                        ];
                        return Task.CompletedTask;
                    }
                );
                // Recorded JSON can be any value.
                options.AddSchemaTransformer(
                    (schema, context, _) =>
                    {
                        if (context.JsonTypeInfo.Type == typeof(RawJson))
                        {
                            schema.Type = null;
                            schema.Properties = null;
                            schema.Description = "Any JSON value";
                        }
                        return Task.CompletedTask;
                    }
                );
            }
        );

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(Policies.Viewer);
        routes
            .MapScalarApiReference(
                "/scalar",
                // Its fonts would come from a foreign host.
                (options, context) => options.WithNonce(PageSecurity.NonceOf(context)).DisableDefaultFonts()
            )
            .RequireAuthorization(Policies.Viewer);
    }
}
