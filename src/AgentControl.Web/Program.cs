using AgentControl.Web.Hosting;

var builder = WebApplication.CreateBuilder(args);
await using var database = await builder.AddControlPlaneAsync();
await using var app = builder.Build();
#pragma warning disable RS0030 // commands write to the console they were called from
if (await Commands.RunAsync(app, database, args, Console.Out) is { } exitCode)
    return exitCode;
#pragma warning restore RS0030
app.UseControlPlane();
await app.RunAsync();
return 0;
