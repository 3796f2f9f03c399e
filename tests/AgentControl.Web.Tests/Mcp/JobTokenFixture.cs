using System.Security.Claims;
using System.Text.Encodings.Web;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>The program with tokens of jobs: <c>job:{id}:{workspace}</c> is the token of that job.</summary>
public sealed class JobTokenFixture(PostgresFixture postgres) : ProgramFixture(postgres)
{
    public static string TokenOf(Guid job, string workspace = "default") => $"job:{job}:{workspace}";

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<AuthenticationOptions>(options =>
            options.SchemeMap[AccessSchemes.ApiKey].HandlerType = typeof(TokenOrKey)
        );

    private sealed class TokenOrKey(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder,
        CallerDirectory directory
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var secret = AccessSchemes.KeyOf(Request)!;
            var caller = secret.Split(':') is ["job", var id, var workspace]
                ? Caller.ForJob(Guid.Parse(id), "a job", workspace) with
                {
                    // Whatever was granted: a job never rises above operator.
                    Roles = new Dictionary<string, Role>(StringComparer.Ordinal) { [workspace] = Role.Admin },
                }
                : await directory.KeyAsync(secret, Context.RequestAborted);
            return caller is null
                ? AuthenticateResult.Fail("Nobody's.")
                : AuthenticateResult.Success(
                    new AuthenticationTicket(new ClaimsPrincipal(AccessClaims.ToIdentity(caller)), Scheme.Name)
                );
        }
    }
}
