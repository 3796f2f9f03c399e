using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AgentControl.Web.Access;

/// <summary>Signs people in by the company's OpenID Connect provider: code flow with PKCE, and the account's subject is who they are.</summary>
internal static class CompanySignIn
{
    public const string Scheme = "Company";
    public const string Start = "/signin/company";
    private const string Callback = Start + "/callback";
    private const string Done = Start + "/done";
    private const string Failed = "failed";

    /// <exception cref="InvalidOperationException">The configuration cannot be used; each problem names its key.</exception>
    public static void AddCompanySignIn(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(CompanyOptions.Section).Get<CompanyOptions>() ?? new();
        if (options.Problems().ToArray() is [_, ..] problems)
            throw new InvalidOperationException(string.Join(Environment.NewLine, problems));
        services.AddSingleton(options);
        if (options.IsOn)
            services.AddAuthentication().AddOpenIdConnect(Scheme, connect => Configure(connect, options));
    }

    public static void MapCompanySignIn(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<CompanyOptions>().IsOn)
            return;
        routes.MapGet(Start, Begin).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(Done, EndAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static void Configure(OpenIdConnectOptions connect, CompanyOptions options)
    {
        connect.Authority = options.Authority;
        connect.ClientId = options.ClientId;
        connect.ClientSecret = options.ClientSecret;
        connect.SignInScheme = IdentityConstants.ExternalScheme;
        connect.CallbackPath = Callback;
        connect.ResponseType = OpenIdConnectResponseType.Code;
        // By the address, not by a form that another origin sends.
        connect.ResponseMode = OpenIdConnectResponseMode.Query;
        connect.UsePkce = true;
        connect.MapInboundClaims = false;
        connect.SaveTokens = false;
        connect.Scope.Add("email");
        connect.RequireHttpsMetadata = !new Uri(options.Authority!).IsLoopback;
        connect.TokenValidationParameters.NameClaimType = "name";
        connect.CorrelationCookie.SameSite = SameSiteMode.Lax;
        connect.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        connect.NonceCookie.SameSite = SameSiteMode.Lax;
        connect.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        connect.Events.OnRemoteFailure = failure =>
        {
            Log.CompanySignInFailed(
                failure.HttpContext.RequestServices.GetRequiredService<ILogger<CompanyOptions>>(),
                failure.Failure?.Message ?? "no reason"
            );
            failure.Response.Redirect(Refused(Failed));
            failure.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static IResult Begin(string? returnUrl)
    {
        var target = $"{Done}?returnUrl={Uri.EscapeDataString(ReturnUrl.Local(returnUrl))}";
        return Results.Challenge(new AuthenticationProperties { RedirectUri = target }, [Scheme]);
    }

    private static async Task<IResult> EndAsync(
        string? returnUrl,
        HttpContext context,
        CompanyOptions options,
        CompanyPeople company,
        PasswordSignIn signIn,
        UserManager<Person> people
    )
    {
        var result = await context.AuthenticateAsync(IdentityConstants.ExternalScheme);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        if (!result.Succeeded || AccountOf(result.Principal, options) is not { } account)
            return Results.Redirect(Refused(Failed));
        var outcome = await company.EnterAsync(
            account,
            options.AutoProvision,
            RoleNames.Parse(options.DefaultRole),
            RequestOrigin.Of(context),
            context.RequestAborted
        );
        if (outcome.Person is not { } id || await people.FindByIdAsync(id.ToString()) is not { } person)
            return Results.Redirect(Refused(outcome.Refusal?.ToString() ?? Failed));
        await signIn.LetInAsync(person, SignIns.ByCompany, context);
        return Results.Redirect(ReturnUrl.Local(returnUrl));
    }

    private static CompanyAccount? AccountOf(ClaimsPrincipal user, CompanyOptions options)
    {
        var subject = user.FindFirst("sub");
        if (subject is null)
            return null;
        var verified = string.Equals(
            user.FindFirst("email_verified")?.Value,
            "true",
            StringComparison.OrdinalIgnoreCase
        );
        var roles = user.FindAll(options.RoleClaim)
            .Select(c => RoleNames.Parse(options.Roles.GetValueOrDefault(c.Value)));
        return new(
            subject.Issuer,
            subject.Value,
            user.FindFirst("name")?.Value,
            verified ? user.FindFirst("email")?.Value : null,
            roles.Max(),
            options.GroupsClaim is { Length: > 0 } claim ? [.. user.FindAll(claim).Select(c => c.Value)] : null
        );
    }

    /// <summary>The sentence for a person whom it did not let in; null where nothing of the kind was asked. The address carries a word, never a text.</summary>
    public static string? Sentence(string? word) =>
        word switch
        {
            null or "" => null,
            nameof(CompanyRefusal.Unknown) => "Nobody here has this company account. Ask an admin to invite you.",
            nameof(CompanyRefusal.Unverified) =>
                "Your company account has no verified e-mail address. Verify it there, then try again.",
            nameof(CompanyRefusal.Disabled) => "You are disabled here. Ask an admin to enable you.",
            _ => "The company sign-in did not work. Try again, or sign in with your password.",
        };

    private static string Refused(string word) => $"/signin?company={word}";
}
