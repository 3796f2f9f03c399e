namespace AgentControl.Web.Wall;

/// <summary>What the wall reads by.</summary>
internal static class WallSetup
{
    public static IServiceCollection AddWall(this IServiceCollection services)
    {
        services.AddSingleton(s => WallOptions.Read(s.GetRequiredService<IConfiguration>()));
        services.AddScoped<WallReader>();
        return services;
    }
}
