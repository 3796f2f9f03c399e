FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/BannedSymbols.txt src/
COPY src/AgentControl.Core/*.csproj src/AgentControl.Core/
COPY src/AgentControl.Agents/*.csproj src/AgentControl.Agents/
COPY src/AgentControl.Engine/*.csproj src/AgentControl.Engine/
COPY src/AgentControl.Web/*.csproj src/AgentControl.Web/
RUN dotnet restore src/AgentControl.Web
COPY src src
COPY wwwroot-assets wwwroot-assets
RUN dotnet publish src/AgentControl.Web -c Release -o /program --no-restore -p:RunAnalyzers=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# curl asks the health check; PostgreSQL serves those who name no database. Its package shall make no cluster of its own.
RUN mkdir -p /etc/postgresql-common \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && apt-get update \
    && apt-get install -y --no-install-recommends curl postgresql \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /data \
    && chown "$APP_UID:$APP_UID" /data
WORKDIR /program
COPY --from=build /program .
ENV Urls=http://+:5080 \
    AgentControl__DataDirectory=/data
USER $APP_UID
VOLUME /data
EXPOSE 5080
# The program hands its running jobs back and stops its database before it ends.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "http://127.0.0.1:5080/health/live"]
ENTRYPOINT ["dotnet", "AgentControl.Web.dll"]
