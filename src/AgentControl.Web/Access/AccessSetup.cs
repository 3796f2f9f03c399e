using AgentControl.Engine.Access;
using AgentControl.Web.Audit;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>Sign-in, keys, policies and their routes.</summary>
internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAccessStores().AddSignInManager();
        services.Configure<BootstrapOptions>(configuration.GetSection(BootstrapOptions.Section));
        services.AddHostedService<FirstStart>();
        services.AddHttpContextAccessor();
        services.AddScoped<ICallerAccessor, CallerAccessor>();
        services.AddScoped<AuthenticationStateProvider, CircuitPerson>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<PeopleDesk>();
        services.AddSingleton<RouteRights>();
        services.AddScoped<AboutReader>();
        services.AddScoped<FirstStepsReader>();
        services.AddSingleton<LinkMail>();
        services.AddScoped<DisplaySignIn>();
        services.AddScoped<IClaimsTransformation, FreshCaller>();
        services.AddSchemes();
        services.AddCompanySignIn(configuration);
        services.AddPolicies();
        services.AddExceptionHandler<AccessDeniedHandler>();
        services.AddProblemDetails();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = AccessSchemes.Cookie + "-form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        return services;
    }

    /// <summary>After the exception handler, before every route.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseMiddleware<PageSecurity>();
        app.UseMiddleware<SameOriginGuard>();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapApiKeys();
        routes.MapGroups();
        routes.MapPeople();
        routes.MapInvitations();
        routes.MapCompanySignIn();
        routes.MapAudit();
    }

    private static void AddSchemes(this IServiceCollection services)
    {
        services
            .AddAuthentication(options =>
            {
                options.DefaultScheme = AccessSchemes.Any;
                options.DefaultSignInScheme = IdentityConstants.ApplicationScheme;
            })
            .AddPolicyScheme(AccessSchemes.Any, null, options => options.ForwardDefaultSelector = AccessSchemes.Choose)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(AccessSchemes.ApiKey, null)
            .AddCookie(AccessSchemes.Display, DisplayCookie.Configure)
            .AddIdentityCookies();
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme, Cookie);
        // A cookie is renewed now and then. Whether its sign-in still counts, and the roles, are read anew each time.
        services.Configure<SecurityStampValidatorOptions>(options =>
        {
            options.ValidationInterval = TimeSpan.FromMinutes(1);
            options.OnRefreshingPrincipal = SignInCookie.KeepAsync;
        });
    }

    private static void Cookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = AccessSchemes.Cookie;
        options.Events.OnValidatePrincipal = SignInCookie.ValidateAsync;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = SignIns.Lasts;
        options.SlidingExpiration = true;
        options.LoginPath = "/signin";
        options.LogoutPath = "/signout";
        options.AccessDeniedPath = "/signin";
        options.ReturnUrlParameter = "returnUrl";
    }

    private static void AddPolicies(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, RoleHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessResultHandler>();
        var viewer = AtLeast(Role.Viewer);
        services
            .AddAuthorizationBuilder()
            .AddPolicy(Policies.Display, AtLeast(Role.Display))
            .AddPolicy(Policies.Viewer, viewer)
            .AddPolicy(Policies.Operator, AtLeast(Role.Operator))
            .AddPolicy(Policies.Approver, AtLeast(Role.Approver))
            .AddPolicy(Policies.Admin, AtLeast(Role.Admin))
            .SetDefaultPolicy(viewer)
            .SetFallbackPolicy(viewer);
    }

    private static AuthorizationPolicy AtLeast(Role role) =>
        new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new RoleRequirement(role)).Build();
}
