using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;

namespace AgentControl.Web.Access;

/// <summary>One thing that callers can do over REST, with the least role that it takes.</summary>
internal sealed record RouteRight(string Area, string Summary, string Route, Role Least);

/// <summary>Reads from the mapped routes themselves who may do what, so that what is shown is what holds.</summary>
internal sealed class RouteRights(EndpointDataSource endpoints, IAuthorizationPolicyProvider policies)
{
    public async Task<IReadOnlyList<RouteRight>> ListAsync()
    {
        var rights = new List<RouteRight>();
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (
                endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary is not { } summary
                || await LeastAsync(endpoint) is not { } least
            )
                continue;
            var area = endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags is [var tag, ..] ? tag : "Other";
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            rights.Add(new(area, summary, $"{string.Join(", ", methods)} {endpoint.RoutePattern.RawText}", least));
        }
        return
        [
            .. rights
                .OrderBy(r => r.Area, StringComparer.Ordinal)
                .ThenBy(r => r.Least)
                .ThenBy(r => r.Summary, StringComparer.Ordinal),
        ];
    }

    private async Task<Role?> LeastAsync(RouteEndpoint endpoint)
    {
        var policy = await AuthorizationPolicy.CombineAsync(
            policies,
            endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(),
            endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()
        );
        return policy?.Requirements.OfType<RoleRequirement>().Max(requirement => (Role?)requirement.Least);
    }
}
