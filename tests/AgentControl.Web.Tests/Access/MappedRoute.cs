using System.Text.RegularExpressions;
using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

/// <summary>A route as the running program has mapped it.</summary>
/// <param name="Declared">The least role of its policies; null where anyone may.</param>
internal sealed partial record MappedRoute(string Method, string Pattern, Role? Declared)
{
    /// <summary>Any method.</summary>
    private const string Any = "ANY";

    public string Name => $"{Method} {Pattern}";

    public string Line => $"{(Declared is { } role ? RoleNames.Name(role) : "anyone")} {Name}";

    /// <summary>All but the files of the web root.</summary>
    public static async Task<IReadOnlyList<MappedRoute>> AllAsync(IServiceProvider services)
    {
        var policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        var routes = new List<MappedRoute>();
        foreach (var endpoint in Endpoints(services).Where(one => !IsFile(one)))
        {
            var declared = await DeclaredAsync(endpoint, policies);
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            routes.AddRange(
                (methods.Count == 0 ? [Any] : methods).Select(method => new MappedRoute(
                    method,
                    "/" + endpoint.RoutePattern.RawText!.Trim('/'),
                    declared
                ))
            );
        }
        return [.. routes.Distinct()];
    }

    public static async Task<IReadOnlyList<Role?>> FilesAsync(IServiceProvider services)
    {
        var policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        return await Task.WhenAll(Endpoints(services).Where(IsFile).Select(file => DeclaredAsync(file, policies)));
    }

    /// <summary>A request to it with made-up values.</summary>
    public HttpRequestMessage Request()
    {
        var path = Parameter()
            .Replace(
                Pattern,
                match =>
                    match.Groups["name"].Value switch
                    {
                        "ws" => "default",
                        var name when name == "id" || match.Value.Contains(":guid", StringComparison.Ordinal) =>
                            "0199a0a0-0000-7000-8000-000000000000",
                        _ => "x",
                    }
            );
        var request = new HttpRequestMessage(Method == Any ? HttpMethod.Get : HttpMethod.Parse(Method), path);
        if (Method is "POST" or "PUT" or "PATCH")
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        return request;
    }

    private static IEnumerable<RouteEndpoint> Endpoints(IServiceProvider services) =>
        services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool IsFile(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    private static async Task<Role?> DeclaredAsync(RouteEndpoint endpoint, IAuthorizationPolicyProvider policies)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return null;
        var policy = await AuthorizationPolicy.CombineAsync(
            policies,
            endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(),
            endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()
        );
        return policy?.Requirements.OfType<RoleRequirement>().Max(requirement => (Role?)requirement.Least);
    }

    [GeneratedRegex(@"\{\**(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
