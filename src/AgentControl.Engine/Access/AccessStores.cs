using AgentControl.Engine.Audit;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentControl.Engine.Access;

/// <summary>Registers people, keys, grants and the audit log over the context's factory.</summary>
public static class AccessStores
{
    private const int ShortestPassword = 8;

    public static IdentityBuilder AddAccessStores(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped(provider =>
            provider.GetRequiredService<IDbContextFactory<ControlDbContext>>().CreateDbContext()
        );
        services.AddSingleton<CallerDirectory>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<SignInGuard>();
        services.AddSingleton<PeopleQueries>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<Profiles>();
        services.AddSingleton<SlackLinks>();
        services.AddSingleton<Groups>();
        services.AddSingleton<AuditQueries>();
        services.AddSingleton<AuditChain>();
        services.AddScoped<FirstAdmin>();
        services.AddScoped<People>();
        services.AddScoped<CompanyPeople>();
        services.AddScoped<AccessBootstrap>();
        services.AddSharedKeys();
        return services
            .AddIdentityCore<Person>(options =>
            {
                // Length is what makes a password hard to guess; rules on its letters only make it hard to remember.
                options.Password.RequiredLength = ShortestPassword;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = "";
            })
            .AddEntityFrameworkStores<ControlDbContext>()
            .AddDefaultTokenProviders();
    }
}
