{{/* The namespace of every object: the values' own, or else the release's. */}}
{{- define "handler.namespace" -}}
{{ .Values.namespace | default .Release.Namespace }}
{{- end }}

{{/* What the Deployment selects by. It can never be changed, so it holds the name and nothing else. */}}
{{- define "handler.selectorLabels" -}}
app.kubernetes.io/name: {{ .Values.service | quote }}
{{- end }}

{{- define "handler.labels" -}}
app: {{ .Values.service | quote }}
{{ include "handler.selectorLabels" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: {{ .Values.stack | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
portolan.dev/stack: {{ .Values.stack | quote }}
portolan.dev/environment: {{ .Values.environment | quote }}
portolan.dev/service: {{ .Values.service | quote }}
{{- end }}

{{/* The labels without those that a Service, a NetworkPolicy or a budget selects by: it is no pod of the service. */}}
{{- define "handler.migrationLabels" -}}
{{- $name := printf "%s-migrate" .Values.service }}
{{- toYaml (merge (dict "app" $name "app.kubernetes.io/name" $name) (include "handler.labels" . | fromYaml)) }}
{{- end }}

{{/* metadata of an object that bears the service's name. */}}
{{- define "handler.metadata" -}}
name: {{ .Values.service | quote }}
namespace: {{ include "handler.namespace" . | quote }}
labels:
  {{- include "handler.labels" . | nindent 2 }}
{{- end }}

{{/* A map of strings, one quoted entry a line. */}}
{{- define "handler.stringMap" -}}
{{- $lines := list }}
{{- range $key, $value := . }}
{{- $lines = append $lines (printf "%s: %s" (quote $key) (include "handler.scalar" $value | quote)) }}
{{- end }}
{{- join "\n" $lines }}
{{- end }}

{{/*
A scalar as its text. Numbers of a values file reach templates as floats, and printed
as such 10485760 would become 1.048576e+07; as JSON it keeps its digits.
*/}}
{{- define "handler.scalar" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end }}
{{- end }}

{{- define "handler.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ include "handler.scalar" (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* podLabels, without the power to replace a label of the chart's own. */}}
{{- define "handler.podLabels" -}}
{{- include "handler.stringMap" (merge (include "handler.labels" . | fromYaml) (.Values.podLabels | default dict)) }}
{{- end }}

{{/* podAnnotations and, with a sidecar, Dapr's annotations, which win. */}}
{{- define "handler.podAnnotations" -}}
{{- $dapr := ternary .Values.dapr.annotations dict .Values.dapr.enabled }}
{{- include "handler.stringMap" (merge dict ($dapr | default dict) (.Values.podAnnotations | default dict)) }}
{{- end }}

{{/*
The app's environment: plain values, then references to secrets, each sorted by name.
A null value leaves its variable out.
*/}}
{{- define "handler.env" -}}
{{- range $name, $value := .Values.env }}
{{- if kindIs "invalid" $value }}
{{- else if hasKey ($.Values.secretEnv | default dict) $name }}
{{- fail (printf "%s stands in env and in secretEnv; keep one of them" $name) }}
{{- else }}
- name: {{ $name | quote }}
  value: {{ include "handler.scalar" $value | quote }}
{{- end }}
{{- end }}
{{- range $name, $from := .Values.secretEnv }}
- name: {{ $name | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ $from.secret | quote }}
      key: {{ $from.key | quote }}
{{- end }}
{{- end }}

{{/* The same behaviour under KEDA, which writes the HPA itself, and under our own HPA. */}}
{{- define "handler.scalingBehavior" -}}
{{- $behavior := .Values.scaling.behavior | default dict }}
{{- with $behavior.scaleUp }}
scaleUp:
  {{- if hasKey . "stabilizationWindowSeconds" }}
  stabilizationWindowSeconds: {{ .stabilizationWindowSeconds | int }}
  {{- end }}
  {{- include "handler.scalingRules" . | trim | nindent 2 }}
{{- end }}
scaleDown:
  stabilizationWindowSeconds: {{ .Values.scaling.scaleDownStabilizationSeconds | int }}
  {{- with $behavior.scaleDown }}
  {{- include "handler.scalingRules" . | trim | nindent 2 }}
  {{- end }}
{{- end }}

{{/* What both directions may say; called with one of them. */}}
{{- define "handler.scalingRules" -}}
{{- with .selectPolicy }}
selectPolicy: {{ . | quote }}
{{- end }}
{{- with .policies }}
policies:
  {{- range . }}
  - type: {{ .type | quote }}
    value: {{ .value | int }}
    periodSeconds: {{ .periodSeconds | int }}
  {{- end }}
{{- end }}
{{- end }}

{{/* What all probes share; called with the path. */}}
{{- define "handler.probe" -}}
httpGet:
  path: {{ . | quote }}
  port: http
timeoutSeconds: 2
{{- end }}

{{/* Where sidecars talk to each other: Dapr's default, or what the annotations say. */}}
{{- define "handler.daprInternalPort" -}}
{{ get (.Values.dapr.annotations | default dict) "dapr.io/internal-grpc-port" | default "50002" }}
{{- end }}

{{/* Where the sidecar gives out its metrics. */}}
{{- define "handler.daprMetricsPort" -}}
{{ get (.Values.dapr.annotations | default dict) "dapr.io/metrics-port" | default "9090" }}
{{- end }}

{{/* The triggers of a ScaledObject or of a ScaledJob. */}}
{{- define "handler.triggers" -}}
triggers:
  {{- range .Values.scaling.triggers }}
  - type: {{ .type | quote }}
    {{- with .name }}
    name: {{ . | quote }}
    {{- end }}
    {{- with .metricType }}
    metricType: {{ . | quote }}
    {{- end }}
    metadata:
      {{- include "handler.stringMap" .metadata | nindent 6 }}
    {{- with .authentication }}
    authenticationRef:
      kind: TriggerAuthentication
      name: {{ . | quote }}
    {{- end }}
  {{- end }}
{{- end }}
