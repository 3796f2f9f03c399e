using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentControl.Web.Tests.Access;

/// <summary>An OpenID Connect provider: code flow, PKCE checked, tokens signed with RS256. Whoever comes is signed in as <see cref="Account"/>.</summary>
internal sealed class CompanyProvider : IAsyncDisposable
{
    public const string ClientId = "agentcontrol";
    public const string ClientSecret = "of-the-house";
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "k1" };
    private readonly WebApplication _app;

    private CompanyProvider(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>The claims of the account, beside subject and times.</summary>
    public Dictionary<string, object> Account { get; set; } = [];

    /// <summary>Another key than the published one: the tokens are forged.</summary>
    public bool Forges { get; set; }

    public int Exchanges { get; private set; }

    public static async Task<CompanyProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new CompanyProvider(builder.Build());
        provider.Map();
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Map()
    {
        _app.Run(context =>
            context.Request.Path.Value switch
            {
                "/.well-known/openid-configuration" => context.Response.WriteAsJsonAsync(
                    new Dictionary<string, object>
                    {
                        ["issuer"] = Address,
                        ["authorization_endpoint"] = Address + "/authorize",
                        ["token_endpoint"] = Address + "/token",
                        ["jwks_uri"] = Address + "/jwks",
                        ["response_types_supported"] = new[] { "code" },
                        ["subject_types_supported"] = new[] { "public" },
                        ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
                    }
                ),
                "/jwks" => context.Response.WriteAsJsonAsync(new { keys = new[] { PublicKey() } }),
                "/authorize" => Authorize(context),
                "/token" => TokenAsync(context),
                _ => Task.CompletedTask,
            }
        );
    }

    private object PublicKey()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(_key);
        return new
        {
            kty = "RSA",
            use = "sig",
            alg = "RS256",
            kid = key.Kid,
            n = key.N,
            e = key.E,
        };
    }

    private Task Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        Assert.Equal(
            (ClientId, "code", "S256"),
            (
                query["client_id"].ToString(),
                query["response_type"].ToString(),
                query["code_challenge_method"].ToString()
            )
        );
        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (query["code_challenge"].ToString(), query["nonce"].ToString());
        context.Response.Redirect(
            $"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}"
        );
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var proof = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (
            form["client_secret"] != ClientSecret
            || !_codes.TryRemove(form["code"].ToString(), out var asked)
            || asked.Challenge != proof
        )
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsJsonAsync(new { error = "invalid_grant" });
            return;
        }
        Exchanges++;
        var key = Forges ? new RsaSecurityKey(RSA.Create(2048)) { KeyId = "k1" } : _key;
        var token = new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Address,
                Audience = ClientId,
                Claims = new Dictionary<string, object>(Account) { ["nonce"] = asked.Nonce },
                Expires = DateTime.UtcNow.AddMinutes(5),
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
            }
        );
        await context.Response.WriteAsJsonAsync(
            new
            {
                access_token = "a",
                token_type = "Bearer",
                expires_in = 300,
                id_token = token,
            }
        );
    }
}
